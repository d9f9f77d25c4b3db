package content

import (
	"strings"

	"github.com/abadojack/whatlanggo"
)

// function are words that hold sentences together: which language a text is in shows in them, and names have none of them.
// They are told apart by what the languages do not share.
var function = map[string][]string{
	"en": strings.Fields("the and of to in is that for it with as was on are this be by at from or have an you not your we our they will can which if all but"),
	"de": strings.Fields("der die das und ist nicht mit ein eine den von zu auf für im dem sich des auch wir sie ich es wird oder bei aus nach wie sind hat haben werden kann"),
	"fr": strings.Fields("le la les des et est une un dans pour pas que qui sur avec vous nous au par plus ce cette sont votre ou du aux être se il elle"),
	"es": strings.Fields("el la los las de y que en un una por con para es su se del al lo como más pero sus o este está son nos usted tu"),
	"it": strings.Fields("il la di che e un una per con non sono del della i le gli si da nel alla come più anche questo è ma al dei"),
	"pt": strings.Fields("o a os as de e que do da em um uma para com não por mais se no na dos das como ao mas seu sua é são você"),
	"nl": strings.Fields("de het een en van is niet dat op te in zijn voor met die aan ook er wij je u naar bij uw deze kan wordt of om"),
	"sv": strings.Fields("och att det är en som på för med av inte den till har de ett om vi du kan från eller man så var hos din"),
	"da": strings.Fields("og at det er en som på for med af ikke den til har de et om vi du kan fra eller man så var hos din"),
	"pl": strings.Fields("i w na z się nie do to jest że o jak za po od co są dla przez ale czy lub oraz może przy jego które"),
	"cs": strings.Fields("a v se na je že s z do to i o k pro jako nebo ale po za by jsou od ve si které také být"),
	"tr": strings.Fields("ve bir bu için ile de da çok daha en olarak gibi olan kadar sonra ne var ama ya her mi değil"),
}

// holding tells for which languages of the table a word holds sentences together.
var holding = func() map[string][]string {
	m := map[string][]string{}
	for language, words := range function {
		for _, word := range words {
			m[word] = append(m[word], language)
		}
	}
	return m
}()

// share is the part of the words that are function words of a language; ok tells whether it is one of the table.
func share(words []string, language string) (part float64, ok bool) {
	if function[language] == nil {
		return 0, false
	}
	n := 0
	for _, word := range words {
		for _, l := range holding[strings.ToLower(word)] {
			if l == language {
				n++
			}
		}
	}
	return float64(n) / float64(max(1, len(words))), true
}

// groups are languages that trigrams take for each other.
var groups = [][]string{
	{"nb", "nn", "no", "da", "sv"}, {"hr", "sr", "bs", "sl", "sh", "me"}, {"cs", "sk"}, {"id", "ms", "jv"}, {"pt", "gl", "es", "ca"}, {"ru", "uk", "be", "bg", "mk"},
	{"hi", "mr", "ne", "bh", "mai"}, {"ar", "fa", "ur"}, {"af", "nl"}, {"zh", "yue", "cmn"}, {"fil", "tl", "ceb", "ilo"}, {"de", "lb", "gsw", "nds"}, {"tr", "az"}, {"he", "yi", "iw"},
}

// alike tells whether two languages are too close to be told apart by such means.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	for _, group := range groups {
		in := 0
		for _, language := range group {
			if language == a || language == b {
				in++
			}
		}
		if in == 2 {
			return true
		}
	}
	return false
}

// guess is the language that the trigrams of a text speak for, and how surely, from 0 to 1.
func guess(text string) (language string, sure float64) {
	const enough = 8 << 10
	info := whatlanggo.Detect(text[:min(len(text), enough)])
	return info.Lang.Iso6391(), info.Confidence
}
