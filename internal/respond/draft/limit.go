package draft

import (
	"unicode/utf8"

	"triage/internal/ingest/x/length"
)

// limit is how much a platform takes; private 0 means it has no private way.
type limit struct {
	public, private int
	length          func(string) int
	noLinks         bool
}

func (l limit) greatest(c Channel) int {
	if c == InboxDM && l.private > 0 {
		return l.private
	}
	return l.public
}

func byteLength(s string) int { return len(s) }

var limits = map[string]limit{
	"facebook":  {public: 8000, private: 2000, length: utf8.RuneCountInString},
	"instagram": {public: 2200, private: 1000, length: utf8.RuneCountInString},
	"x":         {public: 280, private: 10_000, length: length.Count, noLinks: true},
	"wordpress": {public: 65_525, length: byteLength},
	"google":    {public: 4096, length: byteLength},
	"file":      {public: 8000, private: 2000, length: utf8.RuneCountInString},
}
