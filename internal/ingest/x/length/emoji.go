package length

import "unicode"

const (
	joiner  = 0x200D // between the parts of one picture
	picture = 0xFE0F // asks for the picture of a character
	keycap  = 0x20E3
)

// emoji is how many code points the emoji at the beginning of rs takes; 0: there
// is none. It goes by the shape of emoji sequences: one of which X knows no
// picture may count more there.
func emoji(rs []rune) int {
	n := part(rs)
	for n > 0 && n+1 < len(rs) && rs[n] == joiner {
		more := part(rs[n+1:])
		if more == 0 {
			break
		}
		n += 1 + more
	}
	return n
}

// part is the length of the part of an emoji with which rs begins.
func part(rs []rune) int {
	at := func(i int) rune {
		if i < len(rs) {
			return rs[i]
		}
		return 0
	}
	first := at(0)
	switch {
	case first >= '0' && first <= '9' || first == '#' || first == '*':
		switch {
		case at(1) == keycap:
			return 2
		case at(1) == picture && at(2) == keycap:
			return 3
		}
		return 0
	case first == '©' || first == '®':
		if at(1) == picture {
			return 2
		}
		return 0
	case regional(first) && regional(at(1)):
		return 2
	case !pictured(first):
		return 0
	}
	n := 1
	if at(n) == picture || at(n) >= 0x1F3FB && at(n) <= 0x1F3FF { // a tone of skin
		n++
	}
	for at(n) >= 0xE0020 && at(n) <= 0xE007F { // the name of a region's flag
		n++
	}
	return n
}

func regional(c rune) bool { return c >= 0x1F1E6 && c <= 0x1F1FF }

// pictured reports whether c may begin an emoji: a symbol of more than the
// usual weight. Not every symbol has a picture, but then it stands alone and
// weighs the same.
func pictured(c rune) bool {
	switch {
	case c >= 0x1F000 && c <= 0x1FAFF:
		return true
	case c < 0x203C || c > 0x3299:
		return false
	case c == 0x203C || c == 0x2049 || c == 0x2139 || c == 0x3030:
		return true
	}
	return unicode.In(c, unicode.So, unicode.Sm)
}
