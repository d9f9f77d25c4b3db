package claim

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	amount   = regexp.MustCompile(`[-−]?\d(?:[\d.,'’\x{00a0}\x{202f}]*\d)?`)
	percent  = regexp.MustCompile(`(\d+(?:[.,]\d+)?)\s?%`)
	currency = regexp.MustCompile(`[€$£¥₹₽]|\b(?:EUR|USD|GBP|CHF|JPY|CNY|PLN|SEK|NOK|DKK)\b`)
	// totals are words that name a sum of all, in the languages that the studio speaks.
	totals = regexp.MustCompile(`(?i)\b(?:total|sum|amount due|to pay|gesamt(?:summe|betrag|preis)?|summe|importe total|suma|somme|montant total)\b|合计|总计|总额`)
)

// Amounts are the numbers of a text, in their order.
func Amounts(text string) []float64 {
	var list []float64
	for _, found := range amount.FindAllString(text, -1) {
		if n, ok := number(found); ok {
			list = append(list, n)
		}
	}
	return list
}

// number reads a number as people of several countries write it: the last mark is the decimal one, unless three digits
// follow it.
func number(s string) (float64, bool) {
	sign := 1.0
	if rest, minus := strings.CutPrefix(strings.Replace(s, "−", "-", 1), "-"); minus {
		sign, s = -1, rest
	}
	s = strings.NewReplacer("'", "", "’", "", "\u00a0", "", "\u202f", "").Replace(s)
	at := strings.LastIndexAny(s, ".,")
	if at >= 0 {
		whole, part, mark := s[:at], s[at+1:], s[at:at+1]
		if len(part) == 3 && (strings.ContainsAny(whole, ".,") == strings.Contains(whole, mark)) && whole != "0" {
			whole, part = whole+part, ""
		}
		s = strings.NewReplacer(".", "", ",", "").Replace(whole) + "." + part
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(s, "."), 64)
	return sign * n, err == nil && math.Abs(n) < 1e12
}

// written is how a text writes an amount: its currency, and how many digits stand behind the point.
func written(text string) string {
	digits := ""
	if found := amount.FindString(text); found != "" {
		if at := strings.LastIndexAny(found, ".,"); at >= 0 && len(found)-at-1 != 3 {
			digits = strconv.Itoa(len(found) - at - 1)
		}
	}
	return currency.FindString(text) + digits
}

// near tells whether two amounts are one, up to the rounding of so many parts.
func near(a, b float64, parts int) bool { return math.Abs(a-b) <= 0.006+0.005*float64(parts-1) }

// explained tells whether something that the page shows says why a whole is not what its parts make: another amount, two or
// three of them together, or a percentage; or that it is made of quite other amounts.
func explained(made, whole float64, others []float64, text string) bool {
	off := whole - made
	for _, m := range percent.FindAllStringSubmatch(text, 20) {
		p, err := strconv.ParseFloat(strings.Replace(m[1], ",", ".", 1), 64)
		if err == nil && (near(math.Abs(off), math.Abs(made)*p/100, 3) || near(math.Abs(off), math.Abs(whole)*p/100, 3)) {
			return true
		}
	}
	const most = 40
	others = others[:min(len(others), most)]
	is := func(n float64) bool { return near(math.Abs(off), math.Abs(n), 3) }
	for i, a := range others {
		if is(a) {
			return true
		}
		for k, b := range others[:i] {
			if is(a+b) || is(a-b) || near(whole, a+b, 2) {
				return true
			}
			for _, c := range others[:k] {
				if is(a+b+c) || is(a+b-c) || is(a-b+c) || is(a-b-c) || near(whole, a+b+c, 3) {
					return true
				}
			}
		}
	}
	return false
}
