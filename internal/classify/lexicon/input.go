package lexicon

import (
	"unsafe"

	"triage/internal/classify/network"
)

// Input is what the network reads of one word.
type Input struct {
	Word string // normalised
	Lang string // of the text; "" for a mark, which is of all languages
	Tags uint64 // what the term tells that it belongs to, and how it is written
}

// Tags above those of the terms.
const (
	// TagShout marks a word in capitals, TagUpper one that begins with one.
	TagShout uint64 = 1 << (tagCount + iota)
	TagUpper

	// TagEdge marks the places before the first and after the last word.
	TagEdge uint64 = 1 << (network.Tags - 2)
	// TagUnknown marks a word that the network does not know.
	TagUnknown uint64 = 1 << (network.Tags - 1)
)

// Prefixes tell words of one language from those of another; a word is looked
// for in the text's own first.
var (
	ofNone    = []string{""}
	ofEnglish = []string{"", "es|", "fr|"}
	ofSpanish = []string{"es|", "", "fr|"}
	ofFrench  = []string{"fr|", "", "es|"}
)

// Prefixes are those under which the word may be known, the likeliest first.
func (in Input) Prefixes() []string { return Prefixes(in.Lang) }

// Prefixes are those of the words of a text in a language.
func Prefixes(lang string) []string {
	switch lang {
	case "en":
		return ofEnglish
	case "es":
		return ofSpanish
	case "fr":
		return ofFrench
	}
	return ofNone
}

// Inputs is what a network reads of a text in a language (en, es, fr; "" to
// find out); nil if the language is none of them.
func (ls *Lists) Inputs(text, lang string) []Input {
	var r Reading
	if !ls.Read(&r, text, lang, nil) {
		return nil
	}
	return r.Inputs(nil)
}

// Inputs is what a network reads of the text if it is shown it with the same
// further tags of each token (see Look); nil for none.
func (r *Reading) Inputs(more []uint64) []Input {
	out := make([]Input, len(r.Tokens))
	for i := range out {
		r.digits = nil
		out[i] = r.Input(i)
		if more != nil {
			out[i].Tags |= more[i]
		}
	}
	return out
}

// Input is what the network reads of token i, its Word valid until the next
// call.
func (r *Reading) Input(i int) Input {
	in := Input{Word: r.InputWord(i), Lang: r.Lang, Tags: r.InputTags(i)}
	if r.Tokens[i].Mark {
		in.Lang = ""
	}
	return in
}

// InputWord is the word of token i, of a number only how many digits it has,
// valid until the next call.
func (r *Reading) InputWord(i int) string {
	if t := &r.Tokens[i]; !t.Digit {
		return t.Word
	}
	return r.zeros(r.Tokens[i].Word)
}

// InputTags are the tags of token i.
func (r *Reading) InputTags(i int) uint64 {
	t, tags := &r.Tokens[i], uint64(r.of[i])
	if t.Shout {
		tags |= TagShout
	}
	if t.Upper {
		tags |= TagUpper
	}
	return tags
}

// zeros is a word with 0 for every digit.
func (r *Reading) zeros(w string) string {
	r.digits = append(r.digits[:0], w...)
	for i, c := range r.digits {
		if c >= '0' && c <= '9' {
			r.digits[i] = '0'
		}
	}
	return unsafe.String(unsafe.SliceData(r.digits), len(r.digits))
}
