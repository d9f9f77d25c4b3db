package llm

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
)

// Price is what a provider takes for a million tokens, in US dollars.
type Price struct {
	Input  float64 `json:"input"`
	Output float64 `json:"output"`
	// Cached is for input that the provider had in its cache; nil when it is not known, and Input is reckoned.
	Cached *float64 `json:"cached,omitempty"`
	// Over is the input from which on the price of the whole call is Long; 0 when there is but one price.
	Over int    `json:"over,omitempty"`
	Long *Price `json:"long,omitempty"`
}

// Cost is an amount of money in millionths of a US dollar. One that is not known is not nothing: it counts in no sum, and
// whoever shows a sum says that something is missing.
type Cost struct {
	Micros int64 `json:"micros"`
	Known  bool  `json:"known"`
}

// maxMicros bounds the cost of one call, a billion dollars: sums of many such still have room.
const maxMicros = 1e15

// Of reckons what tokens cost. The price nil is not known, and neither is the cost.
func (p *Price) Of(u Usage) Cost {
	if p == nil {
		return Cost{}
	}
	if p.Over > 0 && p.Long != nil && u.Input > p.Over {
		p = p.Long
	}
	cached := p.Input
	if p.Cached != nil {
		cached = *p.Cached
	}
	dollars := float64(u.Input-u.Cached)*p.Input + float64(u.Cached)*cached + float64(u.Output)*p.Output // for a million: micros
	// A price or a count below nothing, or one too large for the sum, would give a budget back.
	if !(dollars >= 0) {
		dollars = 0
	}
	return Cost{Micros: int64(min(dollars+0.5, maxMicros)), Known: true}
}

// Dollars is an amount for people: with cents, and with more digits where it is less than a cent.
func Dollars(micros int64) string {
	d := float64(micros) / 1e6
	switch {
	case micros == 0 || math.Abs(d) >= 0.01:
		return fmt.Sprintf("$%.2f", d)
	case math.Abs(d) >= 0.0001:
		return fmt.Sprintf("$%.4f", d)
	}
	return fmt.Sprintf("$%.6f", d)
}

//go:embed prices.json
var pricesJSON []byte

// PriceList is a provider's prices as they were on a day.
type PriceList struct {
	Provider string           `json:"provider"`
	Date     string           `json:"date"`
	Source   string           `json:"source"`
	Models   map[string]Price `json:"models"`
}

// Prices returns the lists that the studio was built with, to be shown with their dates. They are the providers' list
// prices: what a contract says otherwise goes into Config.Price.
var Prices = sync.OnceValue(func() []PriceList {
	var lists []PriceList
	if err := json.Unmarshal(pricesJSON, &lists); err != nil {
		panic(fmt.Sprintf("prices.json: %v", err)) // it is part of the program, and a test reads it
	}
	return lists
})

// dated is the date that providers put behind a model's name.
var dated = regexp.MustCompile(`-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$`)

// PriceOf finds the price of a model at a provider of the lists; nil when it is not known.
func PriceOf(provider, model string) *Price {
	for _, list := range Prices() {
		if list.Provider != provider {
			continue
		}
		for _, name := range []string{model, dated.ReplaceAllString(model, "")} {
			if p, ok := list.Models[name]; ok {
				return &p
			}
		}
	}
	return nil
}

// KnownModel is the name of a model without its credential, when the lists have it, and "other" else: for metrics, whose
// labels must be few. The lists of one's own machine know none, and its models are "other" too.
func KnownModel(provider, name string) string {
	_, model, _ := strings.Cut(name, "/")
	for _, list := range Prices() {
		if list.Provider != provider {
			continue
		}
		for _, known := range []string{model, dated.ReplaceAllString(model, "")} {
			if _, ok := list.Models[known]; ok {
				return known
			}
		}
	}
	return "other"
}
