package plain

import "strings"

// leetLetters are the letters that digits and signs stand for.
var leetLetters = [256]byte{
	'0': 'o', '1': 'i', '2': 'z', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b', '9': 'g',
	'@': 'a', '$': 's', '!': 'i', '|': 'l', '*': 'u', '+': 't',
}

// unleet reads digits and signs as letters in a word that mixes them; a short
// code, such as b12, 4b, or a word with a number behind it, such as covid19,
// is left as it is unless the number reads as a vowel at its end.
func unleet(s string) (string, bool) {
	letters, digits, signs, changes := 0, 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case isLetter(s[i]):
			letters++
		case isDigit(s[i]):
			digits++
		case s[i] != '\'':
			signs++
		}
		if i > 0 && isDigit(s[i]) != isDigit(s[i-1]) {
			changes++
		}
	}
	ending := letters > 2 && digits == 1 && signs == 0 && strings.IndexByte("0134", s[len(s)-1]) >= 0 // "hug3"
	if !ending && (letters == 0 || digits+signs == 0 || signs == 0 && (changes < 2 && !isDigit(s[0]) || letters+digits <= 3 && changes < 2)) {
		return "", false
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := leetLetters[s[i]]; {
		case isLetter(s[i]) || s[i] == '\'':
			out = append(out, s[i])
		case c != 0:
			out = append(out, c)
		}
	}
	return string(out), true
}

// joinSpaced puts letters that were set apart together again: three or more
// single letters in a row, divided into words where the gap is wider.
func joinSpaced(words []Word) []Word {
	out := words[:0]
	for i := 0; i < len(words); {
		n := run(words, i)
		if n < 3 {
			out = append(out, words[i])
			i++
			continue
		}
		out = append(out, joined(words[i:i+n])...)
		i += n
	}
	return out
}

// run counts the single letters from i on that a reader takes together.
func run(words []Word, i int) int {
	n := 0
	for j := i; j < len(words); j++ {
		w := words[j]
		if len(w.Text) != 1 || w.Kind == Mark || !isAlnum(w.Text[0]) || j > i && w.Start-words[j-1].End > 4 {
			break
		}
		n++
	}
	if n == 3 && words[i].Kind == Number && words[i+2].Text == "m" && (words[i+1].Text == "a" || words[i+1].Text == "p") {
		return 0 // "3 p.m." is a time
	}
	return n
}

// joined divides single letters into words.
func joined(letters []Word) []Word {
	var out []Word
	var b strings.Builder
	first := letters[0]
	flush := func(last Word) {
		w := first
		w.Text, w.End, w.Kind, w.Tricks = b.String(), last.End, Letters, w.Tricks|Spaced
		if leet, ok := unleet(w.Text); ok {
			w.Text = leet
		} else if onlyDigits(w.Text) == w.Text {
			w.Kind = Number
		}
		out = append(out, w)
		b.Reset()
	}
	for i, w := range letters {
		if i > 0 && w.Start-letters[i-1].End > 1 {
			flush(letters[i-1])
			first = w
		}
		b.WriteString(w.Text)
		first.Tricks |= w.Tricks
	}
	flush(letters[len(letters)-1])
	return out
}
