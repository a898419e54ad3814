package wordpress

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The HTML that a visitor may write.
var visitorsTags = strings.Fields("a abbr acronym b blockquote cite code del em i q s strike strong")

var (
	anyTag    = regexp.MustCompile(`<[^<>]*>?|>`)
	tagName   = regexp.MustCompile(`^<\s*(/?)\s*([a-zA-Z0-9-]+)`)
	attribute = regexp.MustCompile(`\s(href|title)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)`)
	ampersand = regexp.MustCompile(`&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,19};)?`)
)

// kses is what becomes of a visitor's text before it is kept: HTML in which a lone
// & or < is an entity and other tags than a few are taken out.
func kses(s string) string {
	s = ampersand.ReplaceAllStringFunc(strings.TrimSpace(s), func(entity string) string {
		if html.UnescapeString(entity) == entity {
			return "&amp;" + entity[1:]
		}
		if digits, ok := strings.CutPrefix(entity, "&#"); ok && len(digits) < len("000;") && digits[0] != 'x' && digits[0] != 'X' {
			return "&#" + strings.Repeat("0", len("000;")-len(digits)) + digits
		}
		return entity
	})
	return anyTag.ReplaceAllStringFunc(s, func(tag string) string {
		parts := tagName.FindStringSubmatch(tag)
		switch {
		case tag == ">":
			return "&gt;"
		case !strings.HasSuffix(tag, ">"):
			return "&lt;" + tag[1:]
		case parts == nil || !slices.Contains(visitorsTags, strings.ToLower(parts[2])):
			return ""
		}
		return "<" + parts[1] + parts[2] + attributes(tag, parts[2]) + ">"
	})
}

// attributes are those of a link; what visitors link to is marked as theirs.
func attributes(tag, name string) string {
	var out strings.Builder
	for _, parts := range attribute.FindAllStringSubmatch(tag, -1) {
		if name == "a" {
			out.WriteString(" " + parts[1] + `="` + strings.Trim(parts[2], `"'`) + `"`)
		}
	}
	if strings.Contains(out.String(), " href=") {
		out.WriteString(` rel="nofollow ugc"`)
	}
	return out.String()
}

// render is what a theme shows: links, typographic signs, paragraphs.
func render(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = outside(clickable(s), func(text string) string { return smile(texturize(text)) })
	var out strings.Builder
	for _, p := range paragraphs.Split(s, -1) {
		if p = strings.Trim(p, "\n"); p != "" {
			out.WriteString("<p>" + strings.ReplaceAll(p, "\n", "<br />\n") + "</p>\n")
		}
	}
	return out.String()
}

var (
	paragraphs = regexp.MustCompile(`\n\s*\n`)
	tags       = regexp.MustCompile(`<[^<>]*>`)
	anchors    = regexp.MustCompile(`(?s)<a\s.*?</a>|<[^<>]*>`)
)

// outside changes the text between tags.
func outside(s string, change func(string) string) string { return between(tags, s, change) }

func between(keep *regexp.Regexp, s string, change func(string) string) string {
	var out strings.Builder
	at := 0
	for _, span := range keep.FindAllStringIndex(s, -1) {
		out.WriteString(change(s[at:span[0]]) + s[span[0]:span[1]])
		at = span[1]
	}
	out.WriteString(change(s[at:]))
	return out.String()
}

var addresses = regexp.MustCompile(`(^|[\s(\["'.,;])((?:https?|ftp)://[^\s<>"\[\]]+|www\.[^\s<>"\[\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)`)

// clickable makes links of addresses.
func clickable(s string) string {
	return between(anchors, s, func(text string) string {
		return addresses.ReplaceAllStringFunc(text, func(found string) string {
			parts := addresses.FindStringSubmatch(found)
			address := strings.TrimRight(parts[2], ".,;:")
			if strings.HasSuffix(address, ")") && !strings.Contains(address, "(") {
				address = strings.TrimSuffix(address, ")")
			}
			rest := strings.TrimPrefix(parts[2], address)
			if strings.Contains(address, "@") && !strings.Contains(address, "/") {
				return parts[1] + `<a href="mailto:` + address + `">` + address + "</a>" + rest
			}
			if strings.HasPrefix(address, "www.") {
				address = "http://" + address
			}
			address = strings.ReplaceAll(address, "&amp;", "&#038;")
			return parts[1] + `<a href="` + address + `" rel="nofollow ugc">` + address + "</a>" + rest
		})
	})
}

var (
	signs = strings.NewReplacer("---", "&#8212;", " -- ", " &#8212; ", "--", "&#8211;", " - ", " &#8211; ", "...", "&#8230;", "``", "&#8220;", "''", "&#8221;", " (tm)", " &#8482;")
	times = regexp.MustCompile(`\b(\d+)x(\d+)`)
	lone  = regexp.MustCompile(`&(?:#\d+;|#x[0-9a-f]+;|[a-zA-Z1-4]{1,8};)?`)
)

// texturize puts typographic signs, as entities, in the place of typed ones.
func texturize(s string) string {
	s = times.ReplaceAllString(signs.Replace(s+" "), "$1&#215;$2")
	s = lone.ReplaceAllStringFunc(strings.TrimSuffix(s, " "), func(entity string) string {
		if entity == "&" {
			return "&#038;"
		}
		return entity
	})
	return quotes([]rune(s))
}

// quotes makes opening and closing ones, apostrophes, feet and inches.
func quotes(s []rune) string {
	var out strings.Builder
	open := map[rune]bool{}
	at := func(i int) rune {
		if i < 0 || i >= len(s) {
			return ' '
		}
		return s[i]
	}
	for i, r := range s {
		before, after := at(i-1), at(i+1)
		opens := unicode.IsSpace(before) || strings.ContainsRune(`([{"-`, before)
		year := unicode.IsDigit(after) && unicode.IsDigit(at(i+2))
		prime := unicode.IsDigit(before) && !open[r] && !unicode.IsDigit(after) && !unicode.IsLetter(after)
		switch {
		case r != '\'' && r != '"':
			out.WriteRune(r)
		case prime:
			out.WriteString(map[rune]string{'\'': "&#8242;", '"': "&#8243;"}[r])
		case opens && (r == '"' || !year):
			open[r] = true
			out.WriteString(map[rune]string{'\'': "&#8216;", '"': "&#8220;"}[r])
		default:
			open[r] = open[r] && (r == '\'' && unicode.IsLetter(after))
			out.WriteString(map[rune]string{'\'': "&#8217;", '"': "&#8221;"}[r])
		}
	}
	return out.String()
}

var (
	words   = regexp.MustCompile(`\S+`)
	smileys = map[string]string{":)": "🙂", ":-)": "🙂", ":(": "🙁", ":-(": "🙁", ";)": "😉", ";-)": "😉", ":D": "😀", ":-D": "😀",
		":P": "😛", ":-P": "😛", ":|": "😐", ":-|": "😐", ":lol:": "😆"}
)

// smile makes emoji of what stands alone.
func smile(s string) string {
	return words.ReplaceAllStringFunc(s, func(word string) string {
		if emoji, ok := smileys[word]; ok {
			return emoji
		}
		return word
	})
}
