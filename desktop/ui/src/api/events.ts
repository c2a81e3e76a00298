// What the client tells the rest of the app, without knowing it: whether the server answers, and that the session is over.

let onHeard: (isHere: boolean) => void = () => undefined;
let onSignedOut: () => void = () => undefined;
let language: () => string = () => 'ru';

/** The app says once at its start who listens. */
export function listen(listeners: { heard: (isHere: boolean) => void; signedOut: () => void; lang: () => string }): void {
  onHeard = listeners.heard;
  onSignedOut = listeners.signedOut;
  language = listeners.lang;
}

export const heard = (isHere: boolean): void => onHeard(isHere);
export const signedOut = (): void => onSignedOut();
export const lang = (): string => language();
