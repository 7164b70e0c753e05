#!/bin/sh
# Makes src/config/descriptors/envoy-1.40.binpb again: the definitions of Envoy 1.40's whole v3 API, with their
# validation rules, as one FileDescriptorSet. Needs Go. A small Go program imports every v3 package of the Go
# module github.com/envoyproxy/go-control-plane/envoy and writes the files that register themselves; the output
# is ordered by file name, so that the same version gives the same bytes.
set -eu
version=v1.40.0
out="$(cd "$(dirname "$0")/.." && pwd)/src/config/descriptors/envoy-1.40.binpb"
work="$(mktemp -d)"
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
cat > go.mod <<EOF
module descriptors

go 1.23
EOF
go get "github.com/envoyproxy/go-control-plane/envoy@$version"
module="$(go list -m -f '{{.Dir}}' github.com/envoyproxy/go-control-plane/envoy)"
{
  echo 'package main'
  echo
  echo 'import ('
  (cd "$module" && find . -name '*.pb.go' | sed 's|^\./||; s|/[^/]*$||' | sort -u | grep -E '/v[3-9][a-z0-9]*$|/v3/') |
    sed 's|.*|	_ "github.com/envoyproxy/go-control-plane/envoy/&"|'
  cat <<'EOF'
	"os"
	"sort"

	_ "github.com/cncf/xds/go/udpa/type/v1"
	_ "github.com/cncf/xds/go/xds/type/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	set := &descriptorpb.FileDescriptorSet{}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
		return true
	})
	sort.Slice(set.File, func(a, b int) bool { return set.File[a].GetName() < set.File[b].GetName() })
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(set)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(os.Args[1], bytes, 0o644); err != nil {
		panic(err)
	}
}
EOF
} > main.go
go mod tidy
go run . "$out"
ls -l "$out"
