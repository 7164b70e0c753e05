import type { Nanoseconds } from "../../src/kernel/time.ts";
import type { MergeWindow } from "../../src/proxy/cluster/merge-window.ts";
import type { Proxy } from "../../src/proxy/proxy.ts";
import type { Findings } from "./findings.ts";
import { clustersOf, inside } from "./inside.ts";

/** An update that is kept back is handed over when its window ends, or before; and a window ends only once. */
export class MergeWindowWatch {
  private readonly findings: Findings;
  /** When each window that is pending began. */
  private readonly armedAt = new Map<MergeWindow, Nanoseconds>();

  constructor(findings: Findings, proxies: readonly Proxy[]) {
    this.findings = findings;
    for (const cluster of proxies.flatMap((proxy) => clustersOf(proxy))) {
      for (const { window } of inside("cluster", cluster).mergeWindows) this.watch(window);
    }
  }

  audit(now: Nanoseconds): void {
    for (const [window, armedAt] of this.armedAt) {
      const isInTime = now <= armedAt + window.window;
      this.findings.expect(
        isInTime,
        "drained",
        () => "an update is kept back for longer than its merge window",
      );
    }
  }

  private watch(window: MergeWindow): void {
    const { findings, armedAt } = this;
    const { schedule, expire } = window;
    window.schedule = (now, mergeable) => {
      const decision = schedule.call(window, now, mergeable);
      if (decision === "arm") armedAt.set(window, now);
      if (decision === "apply") armedAt.delete(window);
      const isRight = window.isPending === armedAt.has(window);
      findings.expect(isRight, "drained", () => `a merge window is wrong about "${decision}"`);
      return decision;
    };
    window.expire = (now) => {
      const isRight = armedAt.get(window) === now - window.window;
      findings.expect(isRight, "drained", () => "a merge window ends that has not begun, or at another time");
      armedAt.delete(window);
      expire.call(window, now);
      findings.expect(!window.isPending, "drained", () => "a merge window goes on after its end");
    };
  }
}
