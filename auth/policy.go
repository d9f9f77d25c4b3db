package auth

import (
	_ "embed"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Passwords are judged by length and by whether they are known, not by their mixture of signs (NIST SP 800-63B).
const (
	MinPassword = 12
	MaxPassword = 128
)

//go:embed common.txt
var commonText string

// common holds words that common passwords are made of, lower case, one a line.
var common = strings.Fields(commonText)

// CheckPassword returns a Mistake when a password is too easy to guess for this person.
func CheckPassword(password, email, name string) error {
	bad := func(format string, args ...any) error { return Mistake{"password", fmt.Sprintf(format, args...)} }
	if !utf8.ValidString(password) {
		return bad("This password has signs that cannot be read.")
	}
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return bad("Use at least %d characters; a few words make a good password.", MinPassword)
	case n > MaxPassword:
		return bad("Use at most %d characters.", MaxPassword)
	}
	low := strings.ToLower(password)
	local, _, _ := strings.Cut(email, "@")
	for _, own := range []string{email, local, strings.ToLower(name)} {
		if len(own) >= 3 && stripped(low) == stripped(own) || len(own) >= 8 && strings.Contains(low, own) {
			return bad("Do not use your e-mail address or name as the password.")
		}
	}
	if plain(low) {
		return bad("This password is among the first that attackers try. Choose another one.")
	}
	return nil
}

// plain tells whether a password is a common word with ornaments, a sequence, or the same few signs again and again.
func plain(low string) bool {
	if distinct(low) < 5 || sequential(low) {
		return true
	}
	core := stripped(unleet(low))
	if core == "" { // digits and signs only
		return distinct(low) < 7
	}
	for _, word := range []string{low, stripped(low), unleet(stripped(low)), core} {
		if _, found := slices.BinarySearch(common, word); found {
			return true
		}
		if half := len(word) / 2; len(word)%2 == 0 && word[:half] == word[half:] {
			if _, found := slices.BinarySearch(common, word[:half]); found {
				return true
			}
		}
	}
	return false
}

// stripped takes off digits and signs at both ends.
func stripped(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

func unleet(s string) string { return leet.Replace(s) }

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// sequential tells whether nearly every sign follows the one before it: in the alphabet, in the digits or on a keyboard row.
func sequential(s string) bool {
	rows := []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"}
	steps, total := 0, 0
	runes := []rune(s)
	for i := 1; i < len(runes); i++ {
		total++
		pair, back := string(runes[i-1:i+1]), string([]rune{runes[i], runes[i-1]})
		if runes[i] == runes[i-1] || slices.ContainsFunc(rows, func(row string) bool {
			return strings.Contains(row, pair) || strings.Contains(row, back)
		}) {
			steps++
		}
	}
	return total > 0 && steps*10 >= total*8
}

// cleanEmail returns an address in the form that the store compares, or a Mistake.
func cleanEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || a.Name != "" || strings.ContainsFunc(s, unicode.IsControl) {
		return "", Mistake{"email", "This is not an e-mail address, like ada@example.org."}
	}
	return s, nil
}

// CleanName returns the name of a person or workspace without space around it, or a Mistake.
func CleanName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || utf8.RuneCountInString(s) > 100 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return "", Mistake{"name", "Give a name of 1 to 100 characters on one line."}
	}
	return s, nil
}
