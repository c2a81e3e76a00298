// A file for her own disk.

export function keepFile(bytes: Uint8Array<ArrayBuffer>, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it once the click is through.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
