package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// intoGo is how the library says that a value is of another kind than its key.
var intoGo = regexp.MustCompile(`^cannot decode TOML .* into .* of type (\S+)$`)

// kinds are what a value has to be, by its type, with an example of %[1]s, the key.
var kinds = map[string]string{
	"string":        `text is needed: write it in quotes, such as "…"`,
	"bool":          "true or false is needed: write %[1]s = true or %[1]s = false",
	"int":           "a whole number is needed: write it without quotes, such as %[1]s = 20",
	"float":         "a number is needed: write it without quotes, such as %[1]s = 95",
	"[]string":      `a list is needed: write it in brackets, such as %[1]s = ["…", "…"]`,
	"main.duration": `a time with its unit is needed: write it in quotes, such as %[1]s = "5m"`,
	"main.size":     `a size with its unit is needed: write it in quotes, such as %[1]s = "2GiB"`,
}

// slips are what is easily mistyped, by words of the library's, and what to write.
var slips = []struct{ said, mend string }{
	{"already exists", "a section that is no list of several stands once: put the keys of both under the first"},
	{"already defined", "keep one of them; a section in double brackets, such as [[alerts.sms]], is no key besides"},
	{"start of value", "write text in quotes"},
	{"after array value", `write a list as ["…", "…"], with a comma between and brackets around`},
	{"newline", "end the text with the quote that it began with, on the same line"},
}

// wrongTOML says what is wrong with a file that cannot be read, as far as the key is known
// with it, and what to write.
func wrongTOML(wrong *toml.DecodeError) string {
	said := wrongKind(wrong)
	for _, s := range slips {
		if strings.Contains(said, s.said) {
			said += ": " + s.mend
			break
		}
	}
	if len(wrong.Key()) == 0 {
		return said
	}
	return strings.Join(wrong.Key(), ".") + ": " + said
}

// wrongKind says in words for people that a value is of another kind than its key takes;
// whatever else the library has to say as it is.
func wrongKind(wrong *toml.DecodeError) string {
	said := strings.TrimPrefix(wrong.Error(), "toml: ")
	m, key := intoGo.FindStringSubmatch(said), wrong.Key()
	if m == nil || len(key) == 0 {
		return said
	}
	section := strings.Join(key, ".")
	if kind, known := kinds[strings.TrimRight(m[1], "0123456789")]; known {
		said = kind
		if strings.Contains(kind, "%") {
			said = fmt.Sprintf(kind, key[len(key)-1])
		}
	} else if strings.HasPrefix(m[1], "main.") {
		said = fmt.Sprintf("this is a section: write [%s] on a line of its own, and its keys below", section)
	} else if strings.HasPrefix(m[1], "[]main.") {
		said = fmt.Sprintf("this is a section: write [[%s]] on a line of its own, and its keys below", section)
	}
	return said
}
