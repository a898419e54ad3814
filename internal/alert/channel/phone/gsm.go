package phone

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// How long a text of two parts may be: in septets of the alphabet of GSM 03.38, and in
// units of UTF-16 where it has characters outside of that.
const (
	twoPartsGSM  = 2 * 153
	twoPartsUCS2 = 2 * 67
)

// gsmBasic are the characters of GSM 03.38 that cost one septet, gsmMore those that cost
// two. Line breaks are not in a text of ours.
const (
	gsmBasic = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmMore  = "^{}\\[~]|€"
)

// gsmLike writes what phones of old do not have as they do: one such character would
// more than halve how much fits.
var gsmLike = strings.NewReplacer("…", "...", "–", "-", "—", "-", "’", "'", "‘", "'", "“", `"`, "”", `"`, "«", `"`, "»", `"`, "·", "-", "\u00a0", " ")

// inSegments joins a title, a link and a last sentence to a text of two parts at most.
// The title is shortened, never the link; a link for which there is no room is left out.
func inSegments(title, link, last string) string {
	title = toGSM(oneLine(title))
	tail := strings.Join(strings.Fields(link+" "+last), " ")
	if !fits(tail) {
		tail = last
	}
	whole := strings.TrimSpace(title + " " + tail)
	for cut := []rune(title); !fits(whole) && len(cut) > 0; {
		cut = cut[:len(cut)-1]
		whole = strings.TrimSpace(strings.TrimSpace(string(cut)) + "... " + tail)
	}
	return whole
}

// toGSM writes s in the alphabet of GSM as far as that has its letters: "í" becomes "i".
func toGSM(s string) string {
	var b strings.Builder
	for _, r := range gsmLike.Replace(norm.NFC.String(s)) {
		if septets(r) > 0 {
			b.WriteRune(r)
			continue
		}
		for _, part := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, part) {
				b.WriteRune(part)
			}
		}
	}
	return b.String()
}

// fits reports whether a text has two parts at most.
func fits(s string) bool {
	n := 0
	for _, r := range s {
		cost := septets(r)
		if cost == 0 {
			return len(utf16.Encode([]rune(s))) <= twoPartsUCS2
		}
		n += cost
	}
	return n <= twoPartsGSM
}

// septets is what a character costs in the alphabet of GSM; 0: it is not in it.
func septets(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmMore, r):
		return 2
	}
	return 0
}

// oneLine is s without line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
