import { expect, it } from "vitest";
import { headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import { compileRouteTable } from "./route-table.ts";

const NAMESPACE = "type.googleapis.com/envoy.extensions.path";

function tableOf(path_template: string, path_template_rewrite: string) {
  const match = {
    path_match_policy: {
      name: "envoy.path.match.uri_template.uri_template_matcher",
      typed_config: { "@type": `${NAMESPACE}.match.uri_template.v3.UriTemplateMatchConfig`, path_template },
    },
  };
  const path_rewrite_policy = {
    name: "envoy.path.rewrite.uri_template.uri_template_rewriter",
    typed_config: {
      "@type": `${NAMESPACE}.rewrite.uri_template.v3.UriTemplateRewriteConfig`,
      path_template_rewrite,
    },
  };
  const routes = [{ match, route: { cluster: "c", path_rewrite_policy } }];
  return compileRouteTable(messageOf({ virtual_hosts: [{ name: "v", domains: ["*"], routes }] }));
}

// Envoy 1.40, test/common/router/config_impl_test.cc, PatternMatch...; test/extensions/path/rewrite/uri_template
it.each([
  ["/rest/{one}/{two}", "/rest/{two}/{one}", "/rest/one/two", "/rest/two/one"],
  [
    "/one/two/{code=*}/{loc=*}/{curr=*}/{tri=**}",
    "/{code}/{loc}/{curr}/{tri}",
    "/one/two/en/gb/ilp==/dGasdA/?key1=test1&key2=test2",
    "/en/gb/ilp==/dGasdA/?key1=test1&key2=test2",
  ],
  ["/one/{two}/{code===na/*}", "/{code}/{two}", "/one/two/==na/three", "/==na/three/two"],
  ["/rest/{one}/{two}/**.m3u8", "/rest/{one}/{two}", "/rest/one/two/item/another/song.m3u8", "/rest/one/two"],
  [
    "/xyzwebservices/v2/xyz/users/{username=*}/carts/{cartid}/{querydetails=**}",
    "/{username}-{cartid}/{querydetails}",
    "/xyzwebservices/v2/xyz/users/abc@xyz.com/carts/FL0001090004/entries?fields=FULL&client_type=WEB",
    "/abc@xyz.com-FL0001090004/entries?fields=FULL&client_type=WEB",
  ],
  ["/rest/{one}/{two}/{dir=**}/song.mp4", "/{dir}", "/rest/one/two/root/sub/song.mp4", "/root/sub"],
  [
    "/rest/{one}/{middle=*/videos/*}/end",
    "/{middle}",
    "/rest/one/previous/videos/three/end",
    "/previous/videos/three",
  ],
  ["/rest/*/{two}", "/{two}", "/rest/one/two", "/two"],
  ["/rest/{one}/{One}/end", "/{One}/{one}", "/rest/lower/upper/end", "/upper/lower"],
  ["/bar/{final}/{country}", "/bar/{country}/{final}", "/bar/usa/final**1", "/bar/final**1/usa"],
])("%s to %s: %s becomes %s", (template, rewrite, path, expected) => {
  const head = headOf({ path });
  const match = tableOf(template, rewrite).match(head, { mod: () => 0 });
  if (match.kind !== "route") throw new Error(match.kind);
  const rewritten = match.route.rewrite(head);
  expect(rewritten.path).toBe(expected);
  expect(rewritten.headers.get("x-envoy-original-path")).toEqual([path]);
});
