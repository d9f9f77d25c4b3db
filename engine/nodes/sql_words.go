package nodes

import "strings"

// readsOnly tells whether all statements of a text only read, in whichever dialect one reads them. A WITH may hold a
// change, so it must not name one; EXPLAIN ANALYZE runs what it explains. Functions with effects of their own cannot be
// seen here.
func readsOnly(query string) bool {
	for _, postgres := range []bool{false, true} {
		all := statements(query, postgres)
		if len(all) == 0 {
			return false
		}
		for _, words := range all {
			switch words[0] {
			case "SELECT", "WITH", "VALUES", "TABLE", "SHOW":
			default:
				return false
			}
			for _, w := range words {
				switch w {
				case "INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "NEXTVAL", "SETVAL", "CALL":
					return false // SELECT … INTO makes a table
				}
			}
		}
	}
	return true
}

// statements splits SQL at its semicolons and returns the words of each statement in capitals. Quoted text, quoted
// names and comments are left out. The dialects differ: $tag$ quotes in Postgres and is a variable in SQLite, where
// brackets quote.
func statements(query string, postgres bool) [][]string {
	var all [][]string
	var words []string
	end := func() {
		if len(words) > 0 {
			all = append(all, words)
		}
		words = nil
	}
	for i := 0; i < len(query); {
		switch c := query[i]; {
		case c == ';':
			end()
			i++
		case c == '\'' || c == '"' || c == '`' && !postgres:
			i = skipQuoted(query, i, c)
		case c == '[' && !postgres:
			i = skipTo(query, i+1, "]")
		case strings.HasPrefix(query[i:], "--"):
			i = skipTo(query, i, "\n")
		case strings.HasPrefix(query[i:], "/*"):
			i = skipTo(query, i+2, "*/")
		case c == '$' && postgres:
			i = skipDollar(query, i)
		case isWord(c):
			start := i
			for i < len(query) && (isWord(query[i]) || query[i] == '$') {
				i++
			}
			words = append(words, strings.ToUpper(query[start:i]))
		default:
			i++
		}
	}
	end()
	return all
}

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

func skipQuoted(s string, i int, quote byte) int {
	for i++; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return i + 1
	}
	return len(s)
}

func skipTo(s string, i int, end string) int {
	if n := strings.Index(s[i:], end); n >= 0 {
		return i + n + len(end)
	}
	return len(s)
}

// skipDollar skips $tag$ … $tag$ and leaves $1 alone.
func skipDollar(s string, i int) int {
	j := i + 1
	for j < len(s) && isWord(s[j]) {
		j++
	}
	if j < len(s) && s[j] == '$' && (j == i+1 || s[i+1] < '0' || s[i+1] > '9') {
		return skipTo(s, j+1, s[i:j+1])
	}
	return j
}
