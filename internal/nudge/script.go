package nudge

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// source is the script without what belongs to a practice.
//
//go:embed nudge.js
var source string

// Script is nudge.js for a practice: one file that needs nothing else and is
// ASCII, whatever charset it is served with.
func Script(p Practice, l *List) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	data, err := json.Marshal(map[string]any{ // which escapes < > & too
		"practice": p, "wanted": l.Wanted, "list": l.groups(), "stem": stem, "search": search,
		"letters": strings.Join(strings.Fields(lettersFile), " "),
	})
	if err != nil {
		return nil, fmt.Errorf("write nudge.js: %w", err)
	}
	return ascii(strings.Replace(source, `"@data@"`, string(data), 1)), nil
}

// ascii writes all other characters, which stand in strings and comments only,
// as JavaScript escapes them.
func ascii(s string) []byte {
	var b bytes.Buffer
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}
