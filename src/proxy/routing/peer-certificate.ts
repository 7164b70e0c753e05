/**
 * What is known of the certificate of who has opened a downstream connection: there is none (also without TLS),
 * it was presented, or it was presented and found valid.
 */
export type PeerCertificate = "none" | "presented" | "validated";
