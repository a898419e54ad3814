package graph

import (
	"triage/internal/sandbox/board"

	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What Facebook and Instagram share: Meta's Graph API as a language. Field
// lists with expansion, error objects, its way of writing JSON.

// graphError is an error as the Graph API words it.
type graphError struct {
	status    int
	Message   string `json:"message"`
	Type      string `json:"type"`
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode,omitempty"`
	Transient bool   `json:"is_transient,omitempty"`
	Trace     string `json:"fbtrace_id"`
}

func failed(code, subcode int, format string, args ...any) *graphError {
	return &graphError{status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...), Type: "OAuthException",
		Code: code, Subcode: subcode, Trace: board.Trace()}
}

// errMissing is the one answer for what was deleted, never was or is not shown.
func errMissing(id string) *graphError {
	err := failed(100, 33, "Unsupported get request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", id)
	err.Type = "GraphMethodException"
	return err
}

func errField(name, node string) *graphError {
	return failed(100, 0, "(#100) Tried accessing nonexisting field (%s) on node type (%s)", name, node)
}

// field is one of a field list: name.arg(value){sub,fields}.
type field struct {
	name string
	args map[string]string
	sub  []field
	text string // of sub, as it was written
}

// fieldParser reads a field list from left to right.
type fieldParser struct {
	in    string
	at    int
	depth int
}

// parseFields reads what the fields parameter holds; an empty one gives nil.
func parseFields(in string) ([]field, *graphError) {
	in = strings.TrimSpace(in)
	if in == "" {
		return nil, nil
	}
	p := &fieldParser{in: in}
	list, ok := p.list()
	if !ok || p.at != len(in) {
		return nil, failed(2500, 0, "Syntax error \"Expected end of string\" at character %d: %s", p.at, in)
	}
	return list, nil
}

func (p *fieldParser) list() ([]field, bool) {
	if p.depth++; p.depth > 8 {
		return nil, false
	}
	defer func() { p.depth-- }()
	var out []field
	for {
		f, ok := p.field()
		if !ok {
			return nil, false
		}
		out = append(out, f)
		if !p.eat(',') {
			return out, true
		}
	}
}

func (p *fieldParser) field() (field, bool) {
	f := field{name: p.word(), args: map[string]string{}}
	if f.name == "" {
		return f, false
	}
	for p.eat('.') {
		name := p.word()
		if name == "" || !p.eat('(') {
			return f, false
		}
		value, _, ok := strings.Cut(p.in[p.at:], ")")
		if !ok {
			return f, false
		}
		f.args[name] = value
		p.at += len(value) + 1
	}
	if !p.eat('{') {
		return f, true
	}
	from := p.at
	sub, ok := p.list()
	f.sub, f.text = sub, p.in[from:p.at]
	return f, ok && p.eat('}')
}

func (p *fieldParser) eat(c byte) bool {
	if p.at < len(p.in) && p.in[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *fieldParser) word() string {
	from := p.at
	for p.at < len(p.in) && (p.in[p.at] == '_' || p.in[p.at] >= '0' && p.in[p.at] <= '9' || p.in[p.at] >= 'a' && p.in[p.at] <= 'z') {
		p.at++
	}
	return p.in[from:p.at]
}

// pick keeps of an object what sub asks for; the id stays in any case.
func pick(object map[string]any, sub []field) map[string]any {
	if len(sub) == 0 || object == nil {
		return object
	}
	out := map[string]any{}
	if id, ok := object["id"]; ok {
		out["id"] = id
	}
	for _, f := range sub {
		if v, ok := object[f.name]; ok {
			out[f.name] = v
		}
	}
	return out
}

// metaJSON writes JSON as Meta does: everything beyond ASCII and every slash
// escaped.
func metaJSON(v any) []byte {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte(`{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}}`)
	}
	in := bytes.TrimSpace(plain.Bytes())
	out := make([]byte, 0, len(in)+len(in)/8)
	for len(in) > 0 {
		r, n := utf8.DecodeRune(in)
		switch {
		case r == '/':
			out = append(out, '\\', '/')
		case r < utf8.RuneSelf:
			out = append(out, in[0])
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		in = in[n:]
	}
	return out
}
