/**
 * Statistics that a case compares. Left out are bytes, times, what counts for the whole process, and gauges of
 * what goes on at the instant of reading.
 */
const COMPARED = [
  /^cluster\.[^.]+\.circuit_breakers\.(default|high)\.(cx_open|remaining_(cx|pending|retries|rq))$/,
  /^cluster\.[^.]+\.((external|internal|retry|canary)\.)?upstream_rq_(\d\d\d|\dxx|completed)$/,
  /^cluster\.[^.]+\.outlier_detection\./,
  /^cluster\.[^.]+\.(ring_hash_lb|maglev_lb)\./,
  /^cluster\.[^.]+\.(lb_healthy_panic|lb_recalculate_zone_structures|lb_subsets_\w+|max_host_weight)$/,
  /^cluster\.[^.]+\.membership_(change|degraded|excluded|healthy|total)$/,
  /^cluster\.[^.]+\.lb_(local_cluster_not_ok|zone_cluster_too_small|zone_routing_all_directly)$/,
  /^cluster\.[^.]+\.upstream_cx_(active|connect_fail|connect_timeout|none_healthy|overflow|pool_overflow|total)$/,
  /^cluster\.[^.]+\.upstream_cx_(destroy|destroy_\w+|http1_total|http2_total|connect_attempts_exceeded)$/,
  /^cluster\.[^.]+\.upstream_cx_(close_notify|max_requests)$/,
  /^cluster\.[^.]+\.upstream_rq_max_duration_reached$/,
  /^cluster\.[^.]+\.circuit_breakers\.(default|high)\.cx_pool_open$/,
  /^cluster\.[^.]+\.upstream_rq_(active_overflow|cancelled|maintenance_mode|rx_reset|tx_reset|total|timeout)$/,
  /^cluster\.[^.]+\.upstream_rq_(pending_failure_eject|pending_overflow|pending_total|per_try\w*_timeout)$/,
  /^cluster\.[^.]+\.upstream_rq_retry(_\w+)?$/,
  /^http\.[^.]+\.downstream_rq_(\dxx|completed|http1_total|total|idle_timeout|max_duration_reached)$/,
  /^http\.[^.]+\.downstream_rq_(failed_path_normalization|response_before_rq_complete|[rt]x_reset)$/,
  /^http\.[^.]+\.fault\.([^.]+\.)?(aborts_injected|delays_injected|faults_overflow|response_rl_injected)$/,
  /^http\.[^.]+\.admission_control\.rq_(failure|rejected|success)$/,
  /^http\.[^.]+\.health_check\./,
  /^[^.]+\.http_local_rate_limit\./,
  // Envoy counts the requests of its own of all cases in one place.
  /^http\.(?!async-client\.)[^.]+\.(no_cluster|no_route|rq_direct_response|rq_redirect|rq_total)$/,
];

export function isComparedStat(name: string): boolean {
  return COMPARED.some((pattern) => pattern.test(name));
}
