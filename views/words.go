package views

import (
	"context"
	"strings"

	"github.com/atelier-studio/atelier/locales"
)

// tr says a text in the language of the page: tr(ctx, "Added {name}", "name", name).
func tr(ctx context.Context, text string, args ...any) string {
	return locales.Say(locales.Of(ctx), text, args...)
}

// retell says a finished English text with values in it, such as the error of a run, in the reader's language.
func retell(ctx context.Context, text string) string { return locales.Retell(locales.Of(ctx), text) }

// trn says the form of a text that fits a number: trn(ctx, count, "{n} node", "{n} nodes").
func trn(ctx context.Context, n int, one, other string, args ...any) string {
	return locales.Count(locales.Of(ctx), n, one, other, args...)
}

// fraction writes a number, "1.4", with the sign that the language has before its fractions.
func fraction(ctx context.Context, number string) string {
	switch locales.Of(ctx) {
	case locales.German, locales.Spanish, locales.French:
		return strings.Replace(number, ".", ",", 1)
	}
	return number
}
