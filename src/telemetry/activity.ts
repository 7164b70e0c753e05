/**
 * How many exchanges are under way anywhere: client requests that have not ended, requests in proxies, jobs at
 * hosts. When traffic has ended and this is zero, nothing can happen any more.
 */
export class Activity {
  private open = 0;
  private isDraining = false;
  private readonly onIdle: () => void;

  constructor(onIdle: () => void) {
    this.onIdle = onIdle;
  }

  begin(): void {
    this.open++;
  }

  end(): void {
    if (--this.open === 0 && this.isDraining) this.onIdle();
  }

  /** No new traffic will come. */
  drain(): void {
    this.isDraining = true;
    if (this.open === 0) this.onIdle();
  }
}
