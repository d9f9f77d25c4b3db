package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/atelier-studio/atelier/locales/texts"
)

// words makes a script of each language's catalogue with the texts that scripts say: words-de.js, loaded before them.
func words(dir string, d *dist) error {
	keys, err := texts.Under(os.DirFS(filepath.Join(dir, "src")), ".ts")
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "..", "locales", "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var all map[string]string
		if err := json.Unmarshal(data, &all); err != nil {
			return err
		}
		said := map[string]string{}
		for _, key := range keys {
			if text, ok := all[key]; ok {
				said[key] = text
			}
		}
		script, err := json.Marshal(said)
		if err != nil {
			return err
		}
		name := "words-" + strings.TrimSuffix(filepath.Base(file), ".json") + ".js"
		d.addHashed(name, append([]byte("globalThis.atelierWords="), script...))
	}
	return nil
}
