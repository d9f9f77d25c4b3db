package compat

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
	"time"
)

//go:embed features.json
var featuresFile []byte

// feature is one of the web's, and since when all browsers of Baseline have it.
type feature struct {
	Name    string   `json:"n"`
	Since   string   `json:"s"`
	Without []string `json:"w"`
}

// catalogue is what features.json holds, by name.
type catalogue struct {
	properties, rules, selectors, interfaces, members map[string]feature
}

// known are the features of the web, read once. See generate for where they come from.
var known = sync.OnceValue(func() catalogue {
	var file struct {
		Properties, Rules, Selectors, Interfaces, Members []feature
	}
	if err := json.Unmarshal(featuresFile, &file); err != nil {
		panic("compat: features.json cannot be read: " + err.Error())
	}
	index := func(list []feature) map[string]feature {
		m := map[string]feature{}
		for _, f := range list {
			m[f.Name] = f
		}
		return m
	}
	return catalogue{index(file.Properties), index(file.Rules), index(file.Selectors), index(file.Interfaces), index(file.Members)}
})

// widely is how long all browsers must have had a feature until it is widely available: two and a half years.
const widely = 30 * 30 * 24 * time.Hour

// isWide tells whether a feature is widely available.
func (f feature) isWide(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, f.Since)
	return err == nil && now.Sub(day) >= widely
}

// words say who has a feature.
func (f feature) words() string {
	if f.Since != "" {
		return "in all browsers since " + f.Since
	}
	return "not in " + strings.ReplaceAll(strings.Join(f.Without, ", "), "_", " for ")
}
