package ops

import (
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/wire"
)

// at is a path of the target's origin.
func at(lab *agents.Lab, path string) string {
	if strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://") {
		return path
	}
	return wire.Origin(lab.Client.Scope().Target()) + path
}

// pathOf is an address without its origin and query.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.EscapedPath()
}
