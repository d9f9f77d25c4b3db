package clientside

import (
	"regexp"
	"strconv"
	"strings"
)

// library is a library of scripts, how its version is told, and which versions are known to be at fault.
type library struct {
	name string
	// global gives its version as an expression in a page; "" when there is none.
	global string
	// banners find its version in the head of a file, files in an address.
	banners, files *regexp.Regexp
	faults         []fault
}

// fault is a published one: of versions from (or the first) to below (not any more), or of all when below is empty.
type fault struct {
	from, below, id, text string
}

const number = `(\d+\.\d+(?:\.\d+)?(?:-[0-9A-Za-z.]+)?)`

// named finds a version in an address: jquery-1.12.4.min.js, /jquery/1.12.4/, jquery@1.12.4/.
func named(names string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|/)(?:` + names + `)(?:[-.]|/v?|@|-v)` + number + `(?:[./]|$)`)
}

func banner(pattern string) *regexp.Regexp { return regexp.MustCompile(pattern + number) }

// libraries are those whose faults are known here. It is a short list, of what is met most; the ids are those of the
// public register of vulnerabilities.
var libraries = []library{
	{"jQuery", "window.jQuery && jQuery.fn && jQuery.fn.jquery", banner(`jQuery (?:JavaScript Library )?v`), named("jquery"), []fault{
		{"", "1.9.0", "CVE-2012-6708", "selectors that look like markup run as it"},
		{"", "3.0.0", "CVE-2015-9251", "answers of other sites run as scripts"},
		{"", "3.4.0", "CVE-2019-11358", "extend changes the prototype of all objects"},
		{"1.2.0", "3.5.0", "CVE-2020-11022", "markup that was cleaned runs all the same"},
		{"1.0.3", "3.5.0", "CVE-2020-11023", "option elements in markup that was cleaned run scripts"},
	}},
	{"jQuery UI", "window.jQuery && jQuery.ui && jQuery.ui.version", banner(`jQuery UI(?: -)? v?`), named("jquery-ui|jqueryui|jquery.ui"), []fault{
		{"", "1.10.0", "CVE-2010-5312", "the title of a dialog is markup"},
		{"", "1.12.0", "CVE-2016-7103", "closeText of a dialog is markup"},
		{"", "1.13.0", "CVE-2021-41184", "of in position is markup"},
		{"", "1.13.2", "CVE-2022-31160", "checkboxradio turns labels into markup"},
	}},
	{"Bootstrap", "(window.bootstrap && bootstrap.Modal && bootstrap.Modal.VERSION) || (window.jQuery && jQuery.fn && jQuery.fn.modal && jQuery.fn.modal.Constructor && jQuery.fn.modal.Constructor.VERSION)", banner(`Bootstrap(?:\.js by[^v]{0,80})? v`), named("bootstrap|twitter-bootstrap"), []fault{
		{"", "3.4.0", "CVE-2018-14042", "data-container of a tooltip is markup"},
		{"4.0.0", "4.1.2", "CVE-2018-14040", "data-parent of a collapse is markup"},
		{"", "3.4.0", "CVE-2016-10735", "data-target is markup"},
		{"", "3.4.1", "CVE-2019-8331", "templates of tooltips and popovers are markup"},
		{"4.0.0", "4.3.1", "CVE-2019-8331", "templates of tooltips and popovers are markup"},
		{"2.0.0", "3.4.2", "CVE-2024-6484", "links of a carousel run scripts"},
	}},
	{"AngularJS", "window.angular && angular.version && angular.version.major === 1 && angular.version.full", banner(`AngularJS v`), named("angularjs|angular(?:-route|-sanitize)?"), []fault{
		{"", "1.7.9", "CVE-2019-10768", "merge changes the prototype of all objects"},
		{"", "1.8.0", "CVE-2020-7676", "option elements run scripts"},
		{"", "2.0.0", "CVE-2022-25869", "textareas run scripts; the library is not kept up any more"},
		{"1.3.0", "2.0.0", "CVE-2024-21490", "ng-srcset can be made to stand still"},
	}},
	{"Lodash", "window._ && _.VERSION && typeof _.runInContext === 'function' && _.VERSION", nil, named(`lodash(?:\.js)?`), []fault{
		{"", "4.17.5", "CVE-2018-3721", "merge changes the prototype of all objects"},
		{"", "4.17.11", "CVE-2018-16487", "merge changes the prototype of all objects"},
		{"", "4.17.12", "CVE-2019-10744", "defaultsDeep changes the prototype of all objects"},
		{"", "4.17.21", "CVE-2021-23337", "template runs what its options say"},
		{"", "4.17.21", "CVE-2020-28500", "trim and toNumber can be made to stand still"},
	}},
	{"Underscore", "window._ && _.VERSION && typeof _.runInContext !== 'function' && _.VERSION", banner(`Underscore\.js `), named(`underscore(?:\.js)?`), []fault{
		{"1.3.2", "1.12.1", "CVE-2021-23358", "template runs what its settings say"},
	}},
	{"Moment", "window.moment && moment.version", regexp.MustCompile(`moment\.js[\s/!]+version : ` + number), named(`moment(?:\.js)?`), []fault{
		{"", "2.11.2", "CVE-2016-4055", "durations can be made to stand still"},
		{"", "2.19.3", "CVE-2017-18214", "dates can be made to stand still"},
		{"1.0.1", "2.29.2", "CVE-2022-24785", "a locale's name is a path"},
		{"2.18.0", "2.29.4", "CVE-2022-31129", "dates can be made to stand still"},
	}},
	{"Handlebars", "window.Handlebars && Handlebars.VERSION", banner(`handlebars v`), named(`handlebars(?:\.js)?`), []fault{
		{"", "3.0.8", "CVE-2019-19919", "templates change the prototype of all objects"},
		{"4.0.0", "4.3.0", "CVE-2019-19919", "templates change the prototype of all objects"},
		{"4.0.0", "4.5.3", "CVE-2019-20920", "templates run any script"},
		{"", "4.7.7", "CVE-2021-23369", "templates of strangers run any script"},
	}},
	{"Mustache", "window.Mustache && Mustache.version", nil, named(`mustache(?:\.js)?`), []fault{{"", "2.2.1", "CVE-2015-8862", "attributes without quotes let markup in"}}},
	{"Vue", "window.Vue && Vue.version", banner(`Vue\.js v`), named(`vue`), []fault{{"2.0.0", "3.0.0", "CVE-2024-9506", "templates can be made to stand still; version 2 is not kept up any more"}}},
	{"DOMPurify", "window.DOMPurify && DOMPurify.version", regexp.MustCompile(`DOMPurify ` + number + ` \|`), named(`dompurify`), []fault{
		{"", "2.0.17", "CVE-2020-26870", "nested forms get past it"},
		{"", "2.4.2", "CVE-2024-48910", "its settings can be changed through the prototype of all objects"},
		{"", "2.5.4", "CVE-2024-45801", "deep nesting gets past it"},
		{"3.0.0", "3.1.3", "CVE-2024-45801", "deep nesting gets past it"},
		{"", "3.2.4", "CVE-2025-26791", "templates get past it where SAFE_FOR_TEMPLATES is set"},
	}},
	{"axios", "window.axios && axios.VERSION", banner(`axios v`), named(`axios`), []fault{
		{"", "0.21.2", "CVE-2021-3749", "trim can be made to stand still"},
		{"0.8.1", "0.28.0", "CVE-2023-45857", "the token against forged requests goes to other sites too"},
		{"1.0.0", "1.6.0", "CVE-2023-45857", "the token against forged requests goes to other sites too"},
	}},
	{"marked", "", regexp.MustCompile(`marked (?:v|- a markdown parser\s+\* v)` + number), named(`marked`), []fault{{"", "4.0.10", "CVE-2022-21680", "markdown can be made to stand still"}}},
	{"highlight.js", "window.hljs && hljs.versionString", regexp.MustCompile(`Highlight\.js v?` + number), named(`highlight(?:\.js|js)`), []fault{{"", "9.18.2", "CVE-2020-26237", "markup changes the prototype of all objects"}, {"10.0.0", "10.1.2", "CVE-2020-26237", "markup changes the prototype of all objects"}}},
	{"Select2", "", banner(`Select2 `), named(`select2`), []fault{{"", "4.0.6", "CVE-2016-10744", "what a source gives is markup"}}},
	{"DataTables", "window.jQuery && jQuery.fn && jQuery.fn.dataTable && jQuery.fn.dataTable.version", banner(`DataTables `), named(`(?:jquery\.)?datatables`), []fault{
		{"", "1.10.22", "CVE-2020-28458", "settings change the prototype of all objects"}, {"", "1.11.3", "CVE-2021-23445", "lists are not escaped"},
	}},
	{"Knockout", "window.ko && ko.version", banner(`Knockout JavaScript library v`), named(`knockout`), []fault{{"", "3.5.0", "CVE-2019-14862", "attributes run scripts in old browsers"}}},
	{"CKEditor 4", "window.CKEDITOR && CKEDITOR.version", nil, named(`ckeditor4?`), []fault{{"4.0.0", "4.24.0", "CVE-2024-24815", "comments in markup get past its filter"}}},
	{"TinyMCE", "window.tinymce && tinymce.majorVersion && (tinymce.majorVersion + '.' + tinymce.minorVersion)", banner(`TinyMCE version `), named(`tinymce`), []fault{{"", "5.11.0", "CVE-2024-38356", "noneditable regions run scripts"}, {"6.0.0", "6.8.4", "CVE-2024-38356", "noneditable regions run scripts"}, {"7.0.0", "7.2.0", "CVE-2024-38356", "noneditable regions run scripts"}}},
	{"Chart.js", "window.Chart && Chart.version", banner(`Chart\.js v`), named(`chart(?:\.js)?`), []fault{{"", "2.9.4", "CVE-2020-7746", "options change the prototype of all objects"}}},
	{"jQuery Validation", "", banner(`jQuery Validation Plugin (?:- )?v`), named(`jquery[.-]validat(?:e|ion)`), []fault{{"", "1.19.3", "CVE-2021-21252", "addresses can be made to stand still"}, {"", "1.19.5", "CVE-2022-31147", "addresses can be made to stand still"}}},
	{"Prototype", "window.Prototype && Prototype.Version", banner(`Prototype JavaScript framework, version `), named(`prototype`), []fault{{"", "1.7.4", "CVE-2020-27511", "stripTags can be made to stand still"}}},
	{"PDF.js", "window.pdfjsLib && pdfjsLib.version", nil, named(`pdfjs-dist|pdf\.js`), []fault{{"", "4.2.67", "CVE-2024-4367", "a document runs scripts"}}},
}

// known are the faults of a version.
func (l *library) known(version string) []fault {
	var list []fault
	for _, f := range l.faults {
		if (f.from == "" || !before(version, f.from)) && before(version, f.below) {
			list = append(list, f)
		}
	}
	return list
}

// before tells whether version a comes before b; a preview of b comes before b.
func before(a, b string) bool {
	x, previewA := parts(a)
	y, previewB := parts(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return previewA && !previewB
}

func parts(version string) (numbers [3]int, preview bool) {
	plain, after, _ := strings.Cut(version, "-")
	for i, part := range strings.SplitN(plain, ".", 3) {
		n, err := strconv.Atoi(part)
		if err != nil {
			return numbers, true
		}
		numbers[i] = n
	}
	return numbers, after != "" && regexp.MustCompile(`(?i)^(?:alpha|beta|rc|pre|next|dev)`).MatchString(after)
}
