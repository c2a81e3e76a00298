// Branding on the wire. A field that is empty is `null`.

export interface Branding {
  displayName: string | null;
  about: string | null;
  address: string | null;
  accentColor: string | null;
  link: string | null;
}
