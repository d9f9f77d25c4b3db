package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// styles and scripts are what pages load. One that has no source is left out.
var (
	styles  = []string{"src/style/style.css", "src/style/site.css", "src/style/studio.css", "src/style/later.css"}
	scripts = []string{"src/theme.ts", "src/app.ts", "src/htmx.ts", "src/editor.ts", "src/run.ts", "src/history.ts", "src/documents.ts", "src/campaigns.ts", "src/chat.ts"}
)

// bundle compiles styles and scripts, and the chunks that they share or load later, into d. The styles come first:
// scripts know the name of the one that is loaded later.
func bundle(dir string, d *dist) error {
	for _, entries := range [][]string{styles, scripts} {
		if err := compile(dir, d, entries); err != nil {
			return err
		}
	}
	return nil
}

func compile(dir string, d *dist, entries []string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	present := slices.DeleteFunc(slices.Clone(entries), func(name string) bool {
		_, err := os.Stat(filepath.Join(root, name))
		return errors.Is(err, fs.ErrNotExist)
	})
	result := api.Build(api.BuildOptions{
		EntryPoints:       present,
		AbsWorkingDir:     root,
		NodePaths:         []string{filepath.Join(root, "vendor")},
		Outdir:            filepath.Join(root, "dist"),
		EntryNames:        "[name]-[hash]",
		ChunkNames:        "chunk-[hash]",
		Bundle:            true,
		Splitting:         true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Engines:           []api.Engine{{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "121"}, {Name: api.EngineSafari, Version: "17.5"}},
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		External:          []string{"/assets/*"},
		Define: map[string]string{
			"iconSprite": strconv.Quote("/assets/" + d.manifest["icons.svg"]),
			"laterStyle": strconv.Quote("/assets/" + d.manifest["later.css"]),
		},
		LogLevel: api.LogLevelWarning,
		Metafile: true,
	})
	if len(result.Errors) > 0 {
		return errors.New(result.Errors[0].Text)
	}
	for _, file := range result.OutputFiles {
		d.add(sourceName(filepath.Base(file.Path)), filepath.Base(file.Path), file.Contents)
	}
	return nil
}

// sourceName takes the hash out of an entry's name: editor-ABCDEFGH.js is editor.js. A chunk has no name in sources.
func sourceName(hashed string) string {
	ext := filepath.Ext(hashed)
	name, _, _ := strings.Cut(hashed, "-")
	if name == "chunk" {
		return ""
	}
	return name + ext
}
