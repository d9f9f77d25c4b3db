package operate

import "unicode"

// widgets are the roles of what people use, as Chromium calls them.
var widgets = map[string]bool{
	"button": true, "link": true, "textbox": true, "searchbox": true, "combobox": true, "checkbox": true, "radio": true, "switch": true, "slider": true, "spinbutton": true,
	"menuitem": true, "menuitemcheckbox": true, "menuitemradio": true, "tab": true, "listbox": true, "treeitem": true, "DisclosureTriangle": true, "MenuListPopup": true,
	"PopUpButton": true, "ToggleButton": true, "ColorWell": true, "Date": true, "DateTime": true, "InputTime": true, "toggleButton": true, "popUpButton": true,
}

// spoken tells whether a name has anything that can be said: signs of icon fonts, which only look like something, have not.
func spoken(name string) bool {
	for _, r := range name {
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Co, r) && !unicode.Is(unicode.Cf, r) && unicode.IsPrint(r) {
			return true
		}
	}
	return false
}
