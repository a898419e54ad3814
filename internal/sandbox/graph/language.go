package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"triage/internal/sandbox/board"
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
	return &graphError{status: statusOf(code), Message: fmt.Sprintf(format, args...), Type: "OAuthException",
		Code: code, Subcode: subcode, Trace: board.Trace()}
}

// statusOf is the HTTP status of most errors with a code.
func statusOf(code int) int {
	switch code {
	case 4, 10, 17, 32, 200, 341:
		return http.StatusForbidden
	case 2:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// graphMethod is an error of the type that some have.
func graphMethod(err *graphError) *graphError {
	err.Type = "GraphMethodException"
	return err
}

func unsupported(method string) *graphError {
	return failed(100, 0, "(#100) Unsupported %s request. Please read the Graph API documentation", strings.ToLower(method))
}

// shape writes an error as the Graph API does, or in a way that only some of its
// answers have.
func (e *graphError) shape(how string) []byte {
	plain := map[string]any{}
	_ = json.Unmarshal(metaJSON(e), &plain)
	switch how {
	case "null-title":
		plain["error_user_title"], plain["error_user_msg"] = nil, nil
	case "text-code":
		plain["code"], plain["is_transient"] = strconv.Itoa(e.Code), strconv.FormatBool(e.Transient)
	case "text":
		return metaJSON(map[string]any{"error": e.Message})
	case "old":
		return metaJSON(map[string]any{"error_code": e.Code, "error_description": e.Message})
	case "none":
		return []byte(`{}`)
	case "html":
		return []byte("<!DOCTYPE html>\n<html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>\n")
	}
	return metaJSON(map[string]any{"error": plain})
}

// errMissing is the one answer for what was deleted, never was or is not shown.
func errMissing(id string) *graphError {
	return graphMethod(failed(100, 33, "Unsupported get request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", id))
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

// show gives the asked fields of an object; one that it does not have is left out.
func show(id string, fields []field, get func(field) (any, *graphError)) (map[string]any, *graphError) {
	out := map[string]any{}
	if id != "" {
		out["id"] = id
	}
	for _, f := range fields {
		v, err := get(f)
		if err != nil {
			return nil, err
		}
		if object, ok := v.(map[string]any); ok {
			v = pick(object, f.sub)
		}
		if v != nil {
			out[f.name] = v
		}
	}
	return out, nil
}

// pick keeps of an object what sub asks for; the id stays in any case, and a list
// is as it is.
func pick(object map[string]any, sub []field) any {
	if object == nil {
		return nil
	}
	if _, list := object["data"]; list || len(sub) == 0 {
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
