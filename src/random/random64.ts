/**
 * Envoy's way of drawing: one uniform unsigned 64-bit number, reduced by modulo, the same number sometimes
 * twice. `draw()` takes the next number, `mod(n)` reduces the number last drawn; n is a whole number up to 2^32.
 * Whoever draws may say what for: only those who tell of draws listen.
 */
export interface Random64 {
  draw(purpose?: string): void;
  /** The number last drawn, modulo n (1 <= n <= 2^32). */
  mod(n: number, decides?: string): number;
  /** The upper 32 bits of the number last drawn. */
  readonly high: number;
  /** The lower 32 bits of the number last drawn. */
  readonly low: number;
}
