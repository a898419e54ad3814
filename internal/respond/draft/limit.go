package draft

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"triage/internal/ingest/x/length"
)

// limit is how much a platform takes; private 0 means it has no private way.
type limit struct {
	public, private int
	length          func(string) int
	noLinks         bool
	terse           bool // general public wordings may be too long for it
}

func (l limit) greatest(c Channel) int {
	if c == InboxDM && l.private > 0 {
		return l.private
	}
	return l.public
}

// takes reports why a platform does not take a text; nil: it does, or we have no
// limits of it.
func (l limit) takes(platform string, c Channel, text string) error {
	if l.length == nil || c == InboxDM && l.private == 0 {
		return nil
	}
	if n := l.length(text); n > l.greatest(c) {
		return fmt.Errorf("it is %d long and %s takes %d; shorten it", n, platform, l.greatest(c))
	}
	if l.noLinks && c == Public && (strings.Contains(text, "://") || strings.Contains(text, "www.")) {
		return fmt.Errorf("a public text on %s may hold no link; leave {{.Booking}} and {{.Portal}} out", platform)
	}
	return nil
}

func byteLength(s string) int { return len(s) }

var limits = map[string]limit{
	"facebook":  {public: 8000, private: 2000, length: utf8.RuneCountInString},
	"instagram": {public: 2200, private: 1000, length: utf8.RuneCountInString},
	"x":         {public: 280, private: 10_000, length: length.Count, noLinks: true, terse: true},
	"wordpress": {public: 65_525, length: byteLength},
	"google":    {public: 4096, length: byteLength},
	"file":      {public: 8000, private: 2000, length: utf8.RuneCountInString},
}
