package length

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// HasLink reports whether X would make a link of a part of text, or whether
// somebody meant one.
func HasLink(text string) bool {
	lower := strings.ToLower(text)
	return strings.Contains(lower, "http://") || strings.Contains(lower, "https://") || len(links([]rune(text))) > 0
}

// The longest address that X makes a link of, and the longest domain there is.
const (
	maxLink   = 4096
	maxDomain = 255
	maxLabel  = 63
)

// links are the places of what X makes links of, in order.
func links(rs []rune) []span {
	var out []span
	for i := 0; i < len(rs); {
		end, ok := linkAt(rs, i)
		if ok {
			out = append(out, span{i, end})
		}
		i = max(end, i+1)
	}
	return out
}

// linkAt looks for a link that begins at i. Where there is something like one
// that X does not take, ok is false and end is behind it.
func linkAt(rs []rune, i int) (end int, ok bool) {
	if i > 0 && sticks(rs[i-1]) {
		return i, false
	}
	from := i + protocol(rs[i:])
	hostEnd := domain(rs, from, from > i)
	if hostEnd == 0 {
		return i, false
	}
	end = hostEnd + len([]rune(rest.FindString(string(rs[hostEnd:min(len(rs), hostEnd+maxLink)]))))
	bare := from == i && i > 0 && strings.ContainsRune("-_./", rs[i-1])
	return end, !bare && end-i <= maxLink && host(string(rs[from:hostEnd]))
}

// sticks reports whether a link cannot begin behind c.
func sticks(c rune) bool {
	return letter(c) || strings.ContainsRune("@＠$#＃", c) || noCharacter(c)
}

// letter reports whether c is a letter or digit of ASCII.
func letter(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// protocol is the length of the protocol with which rs begins.
func protocol(rs []rune) int {
	for _, p := range []string{"https://", "http://"} {
		if len(rs) >= len(p) && strings.EqualFold(string(rs[:len(p)]), p) {
			return len(p)
		}
	}
	return 0
}

// domain is the end of the longest domain that begins at i and ends with a
// top-level domain; 0: there is none. Only behind a protocol may it hold any
// script.
func domain(rs []rune, i int, anyScript bool) (end int) {
	in := latin
	if anyScript {
		in = wordly
	}
	begin := i
	for first, marked := true, false; i-begin <= maxDomain; first = false {
		if !first && !marked {
			if e := topLevel(rs, i); e > 0 {
				end = e
			}
		}
		from := i
		marked = false // an underscore may be in a label, but not in the last before the top
		for i < len(rs) && (in(rs[i]) || rs[i] == '-' || rs[i] == '_') {
			marked = marked || rs[i] == '_'
			i++
		}
		if i == from || i >= len(rs) || rs[i] != '.' || !in(rs[from]) || !in(rs[i-1]) {
			return end
		}
		i++
	}
	return end
}

// topLevel is the end of the top-level domain that begins at i; 0: there is none.
func topLevel(rs []rune, i int) int {
	end := i
	for end < len(rs) && (letter(rs[end]) || rs[end] == '-') {
		end++
	}
	if end == i { // of another script, with which words may follow at once
		for end < len(rs) && end-i < maxLabel && wordly(rs[end]) {
			end++
		}
		for ; end > i; end-- {
			if registered(string(rs[i:end])) {
				return end
			}
		}
		return 0
	}
	name := strings.ToLower(string(rs[i:end]))
	if end < len(rs) && (rs[end] == '@' || rs[end] == '+') || !strings.HasPrefix(name, "xn--") && !registered(name) {
		return 0
	}
	return end
}

// registered reports whether name is a top-level domain that exists.
func registered(name string) bool {
	ascii, err := idna.Punycode.ToASCII(name)
	if err != nil {
		return false
	}
	_, listed := publicsuffix.PublicSuffix("a." + strings.ToLower(ascii))
	return listed
}

// host reports whether the labels of a domain are as short as they must be.
func host(name string) bool {
	ascii, err := idna.Punycode.ToASCII(name)
	if err != nil {
		return false
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > maxLabel {
			return false
		}
	}
	return true
}

// latin reports whether c may be in the name of a domain without a protocol.
func latin(c rune) bool {
	return letter(c) || c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7 || c >= 0x300 && c <= 0x36F ||
		c >= 0x1E00 && c <= 0x1EFF || strings.ContainsRune("ɓɔɖɗəɛɣɨɯɲʉʋʻ", c)
}

// wordly reports whether c is neither a space nor punctuation nor invisible.
func wordly(c rune) bool {
	return letter(c) || c > unicode.MaxASCII && !unicode.In(c, unicode.Z, unicode.C) && !noCharacter(c) &&
		(c < 0x2000 || c > 0x206F)
}

// What may follow a domain: a port, a path that does not end in a full stop and
// whose parentheses close, and a query.
var rest = func() *regexp.Regexp {
	const (
		letters = `a-z0-9À-ÖØ-öø-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ\x{300}-\x{36F}\x{1E00}-\x{1EFF}\x{400}-\x{4FF}`
		general = `[` + letters + `!*';:=+,.$/%#\[\]\-\x{2013}_~|&@]`
		parens  = `\((?:` + general + `+|` + general + `*\(` + general + `+\)` + general + `*)\)`
		ending  = `(?:[` + letters + `=_#/+\-]|` + parens + `)`
		path    = `(?:` + general + `*(?:` + parens + general + `*)*` + ending + `|@` + general + `+/)`
		query   = `\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*[a-z0-9\-_&=#/]`
	)
	return regexp.MustCompile(`^(?i)(?::[0-9]+)?(?:/` + path + `*)?(?:` + query + `)?`)
}()
