package lexicon

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/abadojack/whatlanggo"

	"triage/internal/classify/network"
)

// knownLanguages are those whose commonest words are listed, the ones that
// have lists of terms first.
var knownLanguages = [len(votes{})]string{"en", "es", "fr", "pt", "it", "de", "nl", "pl", "tl", "vi", "tr", "id", "ht", "sv", "ro", "ca"}

// languages is as long as Languages.
type languages [3]struct{}

// Languages are those that have lists of terms.
var Languages = knownLanguages[:len(languages{})]

// votes count the common words of each of the known languages.
type votes [16]int

// language says in which language a text is written: en, es or fr where they
// can be told, another language's code, or "und" for one that is not known.
// Too short a text counts as English.
func (ls *Lists) language(r *Reading, net *network.Network) string {
	if r.letters == 0 {
		return "en"
	}
	if r.foreign*2 > r.letters {
		return otherScript(r)
	}
	var votes votes
	best, words := 0, 0
	for i := range r.Tokens {
		if i >= 400 {
			break
		}
		if r.Tokens[i].Mark {
			continue
		}
		words++
		for set := ls.words.words[r.known[i]].little; set != 0; set &= set - 1 {
			votes[bits.TrailingZeros16(set)]++
		}
	}
	for l := range knownLanguages {
		if votes[l] > votes[best] {
			best = l
		}
	}
	if lang := closest(r, &votes, best, net); lang != "" {
		return lang
	}
	if votes[best] < 2 || best == 0 && votes[0]*8 < words && words >= 8 {
		return ls.unsure(r, &votes, words)
	}
	return knownLanguages[best]
}

// closest decides between English, Spanish and French where their common words
// are about as many: by how many words the network knows of each. It returns
// "" where that tells nothing.
func closest(r *Reading, votes *votes, best int, net *network.Network) string {
	if best >= len(Languages) || votes[best] > 12 || net == nil {
		return ""
	}
	lang, most, second := "", 0, 0
	for i, l := range Languages {
		if votes[best]-votes[i] > 1 {
			continue
		}
		n, own := 2*votes[i], Prefixes(l)[0]
		for k := range r.Tokens[:min(len(r.Tokens), 60)] {
			if _, ok := net.Row(network.Hash(own, r.Tokens[k].Word)); ok && !r.Tokens[k].Mark {
				n++
			}
		}
		if n > most {
			lang, most, second = l, n, most
		} else {
			second = max(second, n)
		}
	}
	if second == 0 || most*4 < len(r.Tokens) {
		return ""
	}
	return lang
}

// unsure decides a text with hardly a common word: by its terms, else by its
// letters if there are enough of them.
func (ls *Lists) unsure(r *Reading, votes *votes, words int) string {
	best, most := "en", 0
	for i, lang := range Languages {
		n := 2 * votes[i]
		for _, h := range ls.terms[lang].find(r, 200, nil) {
			n += h.To - h.From
		}
		if n > most {
			best, most = lang, n
		}
	}
	if most*5 >= words || words < 8 {
		return best
	}
	if info := detect(r); info.IsReliable() {
		if code := info.Lang.Iso6391(); code != "" {
			return code
		}
	}
	return best
}

func otherScript(r *Reading) string {
	if code := detect(r).Lang.Iso6391(); code != "" && !slices.Contains(Languages, code) {
		return code
	}
	return "und"
}

// detect tells a language by the letters that stand beside each other.
func detect(r *Reading) whatlanggo.Info {
	return whatlanggo.Detect(r.Raw[:min(len(r.Raw), 600)])
}

// addLittle adds the commonest words of languages: for each word the set of
// those it is common in, by their place in knownLanguages.
func (v *vocabulary) addLittle() {
	for _, line := range strings.Split(littleFile, "\n") {
		lang, words, _ := strings.Cut(line, "\t")
		i := slices.Index(knownLanguages[:], lang)
		if i < 0 {
			continue
		}
		for _, w := range strings.Split(words, ",") {
			for _, w := range Words(w) {
				v.at(network.Hash("", w)).little |= 1 << i
			}
		}
	}
}

// Mixed reports whether a sentence of a text is in another language than the
// text was read in, as far as the commonest words tell: at least two of another
// known language that its own has not, and more than twice its own.
func (ls *Lists) Mixed(r *Reading) bool {
	own := slices.Index(knownLanguages[:], r.Lang)
	if own < 0 {
		return true
	}
	for from := 0; from < len(r.Tokens); {
		var votes votes
		sent, at := r.Tokens[from].Sent, from
		for ; at < len(r.Tokens) && r.Tokens[at].Sent == sent; at++ {
			if r.Tokens[at].Mark {
				continue
			}
			set := ls.words.words[r.known[at]].little
			if set>>own&1 == 1 {
				set = 1 << own
			}
			for ; set != 0; set &= set - 1 {
				votes[bits.TrailingZeros16(set)]++
			}
		}
		for l, n := range votes {
			if l != own && n >= 2 && n > 2*votes[own] {
				return true
			}
		}
		from = at
	}
	return false
}
