import type { RequestHead } from "../http/request-head.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { Stream } from "../network/stream.ts";
import { LuckPurpose } from "../random/luck.ts";
import type { AsyncClient } from "./async-client.ts";
import type { Exchange } from "./exchange.ts";
import type { MirrorPolicy } from "./routing/mirror-policy.ts";

const COPY_KEY = { high: LuckPurpose.keyHigh, low: LuckPurpose.keyLow };

/** The copy of a request, as its sender sees it: whatever comes back is dropped. */
class MirroredStream extends Stream {
  override onResponse(): void {}

  override onReset(): void {}
}

/**
 * Sends copies of requests to other clusters; nobody waits for their answers (Envoy 1.40, ShadowWriterImpl in
 * source/common/router/shadow_writer_impl.cc).
 */
export class MirrorSender {
  private readonly client: AsyncClient;

  constructor(client: AsyncClient) {
    this.client = client;
  }

  /** `head`: as the request went upstream; `timeout`: its limit from the whole request to the whole answer. */
  mirror(
    exchange: Exchange,
    policies: readonly MirrorPolicy[],
    head: RequestHead,
    timeout: Nanoseconds,
  ): void {
    const { client } = this;
    const { downstream } = exchange;
    policies.forEach((policy, index) => {
      const cluster = client.cluster(policy.clusterFor(head) ?? "");
      if (cluster === undefined) return;
      const request = client.requestFor(downstream.request, downstream.visit, index, COPY_KEY);
      const copy = new MirroredStream(request, policy.copy(head), false);
      client.send(copy, cluster, timeout, exchange.match);
    });
  }
}
