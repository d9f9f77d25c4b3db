package clientside

import "testing"

func TestVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		library, version string
		faults           int
	}{
		{"jQuery", "1.8.3", 5}, {"jQuery", "3.4.1", 2}, {"jQuery", "3.5.0", 0}, {"jQuery", "3.5.0-rc.1", 2}, {"jQuery", "3.10.0", 0},
		{"Bootstrap", "3.3.7", 4}, {"Bootstrap", "4.1.0", 2}, {"Bootstrap", "4.6.2", 0}, {"Bootstrap", "5.3.0", 0},
		{"Vue", "3.4.0", 0}, {"Vue", "2.7.16", 1}, {"Lodash", "4.17.21", 0}, {"Lodash", "4.17.20", 2}, {"Moment", "2.29.4", 0}, {"AngularJS", "1.8.3", 2},
	} {
		for i := range libraries {
			if l := &libraries[i]; l.name == c.library {
				if got := l.known(c.version); len(got) != c.faults {
					t.Errorf("%s %s has %v, want %d", c.library, c.version, got, c.faults)
				}
			}
		}
	}
	for _, c := range []struct{ library, head, address, version string }{
		{"jQuery", "/*! jQuery v1.12.4 | (c) jQuery Foundation */", "/x.js", "1.12.4"},
		{"jQuery", "/*!\n * jQuery JavaScript Library v3.4.1\n", "/x.js", "3.4.1"},
		{"jQuery", "", "https://cdn.example/ajax/libs/jquery/2.2.4/jquery.min.js", "2.2.4"},
		{"jQuery", "", "https://cdn.example/jquery-3.3.1.slim.min.js?v=9.9.9", "3.3.1"},
		{"jQuery", "", "/jquery-ui-1.12.1.js", ""},
		{"jQuery", "/* needs jQuery */", "/jquery.min.js", ""},
		{"jQuery UI", "/*! jQuery UI - v1.12.1 - 2016-09-14", "/x.js", "1.12.1"},
		{"Bootstrap", "/*!\n * Bootstrap v4.0.0-beta.2 (https://getbootstrap.com)", "/x.js", "4.0.0-beta.2"},
		{"Lodash", "", "https://cdn.example/npm/lodash@4.17.4/lodash.min.js", "4.17.4"},
		{"Moment", "//! moment.js\n//! version : 2.18.1\n", "/x.js", "2.18.1"},
		{"DOMPurify", "/*! @license DOMPurify 2.0.7 | (c) Cure53", "/x.js", "2.0.7"},
	} {
		for i := range libraries {
			if l := &libraries[i]; l.name == c.library {
				if got, _ := l.inFiles([]file{{c.address, c.head}}); got != c.version {
					t.Errorf("%s in %q %q is %q, want %q", c.library, c.head, c.address, got, c.version)
				}
			}
		}
	}
}
