package cases

import (
	"cmp"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"triage/internal/ingest"
	"triage/internal/review/inert"
)

// preview is how a text of ours will look on its platform.
type preview struct {
	// Where is the platform, By the practice, under whose name it stands there.
	Where, By string
	// Mention is the name that the platform puts before it; empty: none.
	Mention string
	Pieces  []piece
	// Lang is the language of the text; empty: not known.
	Lang string
	// Note says what else becomes of the words there.
	Note string
}

// piece is a run of a preview that looks in one way: As is "", or the code of
// something special.
type piece struct {
	Text string `json:"text"`
	As   string `json:"as,omitempty"`
}

// What a piece of a preview can be.
const (
	asLink = "link"
	asSign = "sign" // stands for a character that would not be seen
	asOver = "over" // more than the platform takes
)

// preview shows a text as its platform will. author is whoever is answered; empty: her
// name is not shown here.
func (v *reader) preview(kind ingest.ActionKind, text, author string, caps ingest.Capabilities) *preview {
	out := &preview{Where: caps.Name, By: cmp.Or(v.Practice, v.Words.Say("Our practice")), Pieces: pieces(kind, text, caps)}
	if kind != ingest.Reply {
		return out
	}
	out.Note = v.Words.Whole(caps.Display.Note)
	if caps.Display.Mention {
		out.Mention = "@" + strings.TrimPrefix(cmp.Or(author, "…"), "@")
	}
	return out
}

// pieces takes a text apart as its platform shows it, and marks what is too much.
func pieces(kind ingest.ActionKind, text string, caps ingest.Capabilities) []piece {
	fits := fitting(kind, text, caps)
	out := shownAs([]piece{}, text[:fits], caps.Display.Link, "")
	return shownAs(out, text[fits:], 0, asOver)
}

// fitting is how many bytes of a text its platform takes.
func fitting(kind ingest.ActionKind, text string, caps ingest.Capabilities) int {
	n, limit := caps.Count(kind, text)
	if limit == 0 || n <= limit {
		return len(text)
	}
	ends := []int{}
	for i := range text {
		ends = append(ends, i)
	}
	first := sort.Search(len(ends), func(i int) bool {
		n, _ := caps.Count(kind, text[:ends[i]])
		return n > limit
	})
	return ends[max(0, first-1)]
}

var link = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

// shownAs adds a text to the pieces: links cut after so many characters, if that is
// not 0, and what would not be seen named.
func shownAs(out []piece, text string, cut int, as string) []piece {
	at := 0
	for _, m := range link.FindAllStringIndex(text, -1) {
		if as != "" {
			break
		}
		out = inertly(out, text[at:m[0]], as)
		out = inertly(out, shorten(text[m[0]:m[1]], cut), asLink)
		at = m[1]
	}
	return inertly(out, text[at:], as)
}

func shorten(link string, cut int) string {
	if cut == 0 {
		return link
	}
	_, link, _ = strings.Cut(link, "://")
	if utf8.RuneCountInString(link) > cut {
		link = string([]rune(link)[:cut]) + "…"
	}
	return link
}

func inertly(out []piece, text, as string) []piece {
	runs, _ := inert.Text(text, nil)
	for _, r := range runs {
		p := piece{Text: r.Text, As: as}
		if r.Sign {
			p.As = asSign
		}
		out = append(out, p)
	}
	return out
}
