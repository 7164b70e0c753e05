/** Path segments; one is not in lower case. */
export const SEGMENTS = [
  "api",
  "cart",
  "users",
  "orders",
  "items",
  "search",
  "img",
  "static",
  "pay",
  "v1",
  "v2",
  "Admin",
];
export const HEADER_NAMES = ["x-env", "x-user", "x-ver", "x-region", "x-tier", "user-agent"];
export const QUERY_NAMES = ["page", "id", "lang", "debug"];
export const HEADER_VALUES = [
  "prod",
  "staging",
  "canary",
  "alice",
  "bob",
  "7",
  "42",
  "100",
  "-3",
  "v2",
  "",
  "eu-west",
  "Prod-eu",
  "mozilla/5.0",
];
export const QUERY_VALUES = ["1", "42", "4x", "en", "en-GB", "fr", "true", "", "n", "a%20b"];
export const COOKIE_NAMES = ["session", "theme"];
/** The header by which weighted clusters choose. */
export const PICK_HEADER = "x-pick";
/** The header that names a cluster. */
export const TARGET_HEADER = "x-target";
