package site

// Unlisted is why a page is taken for gone that the last look did not meet.
func Unlisted(k Kind) string {
	if k == Map {
		return invalid(Gone, "the site map does not name it any more").Error()
	}
	return invalid(Gone, "no page links to it any more").Error()
}

// Twin is why a page is left out that is the same as another.
func Twin(address string) string {
	return invalid(Skipped, "it is the same page as %s", address).Error()
}

// MostGone is why documents of pages that are gone were kept, in a source that is kept in step.
func MostGone() string {
	return invalid(Gone, "more than half of the pages are gone, which may be a mistake of the site: their documents stay until you remove them").Error()
}
