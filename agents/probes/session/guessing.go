package session

import (
	"crypto/md5"  //nolint:gosec // it is what is looked for
	"crypto/sha1" //nolint:gosec // it is what is looked for
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// guessable says why ids, in the order that they were given, can be guessed; "" when nothing shows that.
func guessable(ids []string, now time.Time) string {
	distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(distinct) < 2 { // the same for all: it is no id
		return ""
	}
	readable := make([]string, len(ids))
	for i, id := range ids {
		readable[i] = decoded(id)
	}
	if countsUp(readable) {
		return "they count up"
	}
	if what := hashed(distinct, now); what != "" {
		return what
	}
	if bits := varying(readable); bits < least {
		return fmt.Sprintf("what varies in them is worth about %.0f bits", bits)
	}
	return ""
}

// decoded is what stands in an id that is only written in base64.
func decoded(id string) string {
	for _, code := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
		if data, err := code.DecodeString(id); err == nil && len(data) >= 4 && utf8.Valid(data) && !slices.ContainsFunc(data, func(b byte) bool { return b < ' ' || b > '~' }) {
			return string(data)
		}
	}
	return id
}

// countsUp tells whether each id is a little more than the one before, read as a number at its end.
func countsUp(ids []string) bool {
	const step = 1000
	for _, base := range []int{10, 16} {
		last, ok := int64(-1), true
		for i, id := range ids {
			digits := id[len(strings.TrimRight(id, "0123456789")):]
			if base == 16 {
				digits = id
			}
			n, err := strconv.ParseInt(digits, base, 64)
			if err != nil || i > 0 && (n <= last || n-last > step) {
				ok = false
				break
			}
			last = n
		}
		if ok {
			return true
		}
	}
	return false
}

// hashed tells what the ids are hashes of, when it is a small number or a second near now.
func hashed(ids []string, now time.Time) string {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[strings.ToLower(id)] = true
	}
	hits := func(from, to int64) int {
		n := 0
		for i := from; i < to; i++ {
			text := []byte(strconv.FormatInt(i, 10))
			m, s, t := md5.Sum(text), sha1.Sum(text), sha256.Sum256(text) //nolint:gosec // to be recognised
			if wanted[hex.EncodeToString(m[:])] || wanted[hex.EncodeToString(s[:])] || wanted[hex.EncodeToString(t[:])] {
				n++
			}
		}
		return n
	}
	const numbers, around = 20_000, 120
	switch {
	case len(ids[0]) != 32 && len(ids[0]) != 40 && len(ids[0]) != 64:
		return ""
	case hits(0, numbers) > 0:
		return "they are hashes of numbers that count up"
	case hits(now.Unix()-around, now.Unix()+around) > 0:
		return "they are hashes of the time"
	}
	return ""
}

// varying is what the places in which ids differ are worth, in bits, if every sign that such a place may have were as
// likely as any other.
func varying(ids []string) float64 {
	shortest := slices.Min(lengths(ids))
	bits := 0.0
	for column := range shortest {
		var signs []byte
		for _, id := range ids {
			signs = append(signs, id[column])
		}
		slices.Sort(signs)
		if distinct := slices.Compact(slices.Clone(signs)); len(distinct) > 1 {
			bits += math.Log2(alphabet(distinct))
		}
	}
	return bits
}

func lengths(ids []string) []int {
	list := make([]int, len(ids))
	for i, id := range ids {
		list[i] = len(id)
	}
	return list
}

// atMost is what an id is worth in bits if nothing of it were known beforehand.
func atMost(id string) float64 {
	signs := []byte(decoded(id))
	slices.Sort(signs)
	return float64(len(signs)) * math.Log2(alphabet(slices.Compact(signs)))
}

// alphabet is how many signs there are most likely, of which some were seen.
func alphabet(signs []byte) float64 {
	digits, hexa, letters, capitals, others := false, false, false, false, false
	for _, b := range signs {
		switch {
		case b >= '0' && b <= '9':
			digits = true
		case b >= 'a' && b <= 'f':
			hexa = true
		case b >= 'g' && b <= 'z':
			letters = true
		case b >= 'A' && b <= 'Z':
			capitals = true
		default:
			others = true
		}
	}
	n := 0.0
	switch {
	case letters:
		n = 26
	case hexa:
		n = 6
	}
	if capitals {
		n += 26
	}
	if digits || hexa && !letters {
		n += 10
	}
	if others {
		n += 2
	}
	return max(n, 2)
}
