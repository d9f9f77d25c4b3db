package read

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// Names of glyphs as in the Adobe Glyph List, in the order of their characters.
const (
	asciiNames = "space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum underscore grave a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde"
	latinNames = "nbspace exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft logicalnot sfthyphen registered macron degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior ordmasculine guillemotright onequarter onehalf threequarters questiondown Agrave Aacute Acircumflex Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls agrave aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex idieresis eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis yacute thorn ydieresis " +
		"Amacron amacron Abreve abreve Aogonek aogonek Cacute cacute Ccircumflex ccircumflex Cdotaccent cdotaccent Ccaron ccaron Dcaron dcaron Dcroat dcroat Emacron emacron Ebreve ebreve Edotaccent edotaccent Eogonek eogonek Ecaron ecaron Gcircumflex gcircumflex Gbreve gbreve Gdotaccent gdotaccent Gcommaaccent gcommaaccent Hcircumflex hcircumflex Hbar hbar Itilde itilde Imacron imacron Ibreve ibreve Iogonek iogonek Idotaccent dotlessi IJ ij Jcircumflex jcircumflex Kcommaaccent kcommaaccent kgreenlandic Lacute lacute Lcommaaccent lcommaaccent Lcaron lcaron Ldot ldot Lslash lslash Nacute nacute Ncommaaccent ncommaaccent Ncaron ncaron napostrophe Eng eng Omacron omacron Obreve obreve Ohungarumlaut ohungarumlaut OE oe Racute racute Rcommaaccent rcommaaccent Rcaron rcaron Sacute sacute Scircumflex scircumflex Scedilla scedilla Scaron scaron Tcommaaccent tcommaaccent Tcaron tcaron Tbar tbar Utilde utilde Umacron umacron Ubreve ubreve Uring uring Uhungarumlaut uhungarumlaut Uogonek uogonek Wcircumflex wcircumflex Ycircumflex ycircumflex Ydieresis Zacute zacute Zdotaccent zdotaccent Zcaron zcaron longs"
	greekNames = "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega Iotadieresis Upsilondieresis alphatonos epsilontonos etatonos iotatonos upsilondieresistonos alpha beta gamma delta epsilon zeta eta theta iota kappa lambda - nu xi omicron pi rho sigma1 sigma tau upsilon phi chi psi omega"
	// otherNames are pairs of a name and its text.
	otherNames = "quoteright ’ quoteleft ‘ quotedblleft “ quotedblright ” quotesinglbase ‚ quotedblbase „ endash – emdash — bullet • ellipsis … dagger † daggerdbl ‡ perthousand ‰ guilsinglleft ‹ guilsinglright › fraction ⁄ Euro € trademark ™ minus − florin ƒ circumflex ˆ tilde ˜ breve ˘ dotaccent ˙ ring ˚ hungarumlaut ˝ ogonek ˛ caron ˇ " +
		"ff ff fi fi fl fl ffi ffi ffl ffl f_f ff f_i fi f_l fl f_f_i ffi f_f_l ffl dotlessj ȷ lessequal ≤ greaterequal ≥ notequal ≠ infinity ∞ summation ∑ product ∏ integral ∫ radical √ partialdiff ∂ approxequal ≈ equivalence ≡ similar ∼ element ∈ notelement ∉ emptyset ∅ union ∪ intersection ∩ logicaland ∧ logicalor ∨ universal ∀ existential ∃ " +
		"arrowright → arrowleft ← arrowup ↑ arrowdown ↓ arrowboth ↔ arrowdblright ⇒ arrowdblleft ⇐ asteriskmath ∗ periodcentered · middot · bardbl ‖ angbracketleft 〈 angbracketright 〉 openbullet ◦ lozenge ◊ circlecopyrt © visiblespace ␣ nonbreakingspace \u00a0 softhyphen - hyphenminus - lslash ł Scommaaccent Ș scommaaccent ș sigma1 ς epsilon1 ϵ theta1 ϑ phi1 ϕ Omega Ω Delta Δ mu1 µ checkmark ✓ square ■ H18533 ■ triangle ▲ copyrightserif © registerserif ® trademarkserif ™ suppress - compwordmark - cwm -"
)

var glyphNames = func() map[string]string {
	names := map[string]string{}
	series := func(list string, from rune) {
		for i, name := range strings.Fields(list) {
			names[name] = string(from + rune(i))
		}
	}
	series(greekNames, 0x391)
	series(latinNames, 0xa0)
	series(asciiNames, ' ')
	others := strings.Split(otherNames, " ")
	for i := 0; i+1 < len(others); i += 2 {
		names[others[i]] = others[i+1]
	}
	for _, blank := range []string{"compwordmark", "cwm", "suppress"} {
		names[blank] = "\u200b"
	}
	delete(names, "-")
	return names
}()

// glyphText is what a glyph of a name means (Adobe Glyph List Specification, 2); empty where its name does not tell.
func glyphText(name string) string {
	if text := glyphNames[name]; text != "" {
		return text
	}
	name, _, _ = strings.Cut(name, ".")
	if text := glyphNames[name]; text != "" {
		return text
	}
	if strings.Contains(name, "_") {
		var text strings.Builder
		for _, part := range strings.SplitN(name, "_", 8) {
			if part != "" && !strings.Contains(part, "_") {
				text.WriteString(glyphText(part))
			}
		}
		return text.String()
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) >= 4 && len(hex) <= 32 {
		var units []uint16
		for ; len(hex) >= 4; hex = hex[4:] {
			n, err := strconv.ParseUint(hex[:4], 16, 16)
			if err != nil {
				return ""
			}
			units = append(units, uint16(n))
		}
		return string(utf16.Decode(units))
	}
	if hex, ok := strings.CutPrefix(name, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		if n, err := strconv.ParseUint(hex, 16, 21); err == nil && n <= 0x10ffff {
			return string(rune(n))
		}
	}
	return ""
}

// standardLetters is Adobe's StandardEncoding; where it has no character, that of Windows-1252, which most writers meant.
func standardLetters() [256]string {
	letters := lettersIn(charmap.Windows1252)
	letters[0x27], letters[0x60] = "’", "‘"
	const names = "exclamdown cent sterling fraction yen florin section currency quotesingle quotedblleft guillemotleft guilsinglleft guilsinglright fi fl"
	for i, name := range strings.Fields(names) {
		letters[0xa1+i] = glyphText(name)
	}
	for code, name := range map[int]string{
		0xb1: "endash", 0xb2: "dagger", 0xb3: "daggerdbl", 0xb4: "periodcentered", 0xb6: "paragraph", 0xb7: "bullet", 0xb8: "quotesinglbase", 0xb9: "quotedblbase", 0xba: "quotedblright",
		0xbb: "guillemotright", 0xbc: "ellipsis", 0xbd: "perthousand", 0xbf: "questiondown", 0xd0: "emdash", 0xe1: "AE", 0xe3: "ordfeminine", 0xe8: "Lslash", 0xe9: "Oslash", 0xea: "OE", 0xeb: "ordmasculine",
		0xf1: "ae", 0xf5: "dotlessi", 0xf8: "lslash", 0xf9: "oslash", 0xfa: "oe", 0xfb: "germandbls",
	} {
		letters[code] = glyphText(name)
	}
	return letters
}

// helveticaWidths are those of the characters from the space on, in thousandths; close enough for the other fonts that
// files need not bring with them.
var helveticaWidths = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}
