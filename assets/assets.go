// Package assets holds what the browser loads: scripts, styles and icons, built from src by build and embedded.
//
// Names in dist carry a hash of their content, so that they may be cached for ever. Open hands out each file plain and
// compressed; which one to send is the caller's choice.
package assets

//go:generate go run ./build

import (
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// Prefix is the URL path under which the files of this package are served.
const Prefix = "/assets/"

//go:embed dist
var dist embed.FS

var manifest = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	data, err := dist.ReadFile("dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(data, &names)
	}
	if err != nil {
		panic("assets: dist/manifest.json does not match this program; run go generate ./assets: " + err.Error())
	}
	return names
})

// Path returns the URL path of an asset by the name that sources know: Path("editor.js") is
// "/assets/editor-3F7A2C1B.js". A name that was not built gives a path that answers 404.
func Path(name string) string {
	if hashed, ok := manifest()[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// Icon returns the URL path of an icon in the sprite, for the href of a use element: Icon("timer") is
// "/assets/icons-5C0D9E7A.svg#timer".
func Icon(name string) string { return Path("icons.svg") + "#" + name }

// Open returns an asset by its URL path, with or without Prefix: the bytes compressed by gzip, or nil where that does
// not pay, the plain bytes and the media type. The slices are shared and must not be changed.
func Open(urlPath string) (gz, plain []byte, contentType string, ok bool) {
	name := strings.TrimPrefix(urlPath, Prefix)
	if !fs.ValidPath(name) || strings.HasSuffix(name, ".gz") {
		return nil, nil, "", false
	}
	plain, err := dist.ReadFile(path.Join("dist", name))
	if err != nil {
		return nil, nil, "", false
	}
	gz, err = dist.ReadFile(path.Join("dist", name+".gz"))
	if err != nil {
		gz = nil
	}
	return gz, plain, mediaType(name), true
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	default:
		return "text/plain; charset=utf-8"
	}
}
