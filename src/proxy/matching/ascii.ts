/** Lower case of ASCII letters only, which is how Envoy compares without regard to case. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
