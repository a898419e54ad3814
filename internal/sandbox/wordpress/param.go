package wordpress

import (
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// read takes the parameters: a JSON body goes before a form, and that before the
// query.
func (c *call) read() *failure {
	c.given = map[string]any{}
	for _, values := range []url.Values{c.r.URL.Query(), c.r.PostForm} {
		c.take(values)
	}
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind != "application/json" {
		return nil
	}
	raw, err := io.ReadAll(c.r.Body)
	if err != nil || strings.TrimSpace(string(raw)) == "" {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var body any
	if d.Decode(&body) != nil || d.More() {
		return &failure{http.StatusBadRequest, "rest_invalid_json", "Invalid JSON body passed.",
			object{"json_error_code": 4, "json_error_message": "Syntax error"}}
	}
	if fields, ok := body.(object); ok {
		maps.Copy(c.given, fields)
	}
	maps.DeleteFunc(c.given, func(_ string, v any) bool { return v == nil })
	return nil
}

var inBrackets = regexp.MustCompile(`^(\w+)\[\d*\]$`)

// take reads names as PHP does: the last value counts, unless the name ends in [].
func (c *call) take(values url.Values) {
	for name, all := range values {
		if parts := inBrackets.FindStringSubmatch(name); parts != nil {
			list, _ := c.given[parts[1]].([]any)
			for _, v := range all {
				list = append(list, v)
			}
			c.given[parts[1]] = list
		} else {
			c.given[name] = all[len(all)-1]
		}
	}
}

// wrong is what is wrong with a parameter.
type wrong struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data"`
}

// rule is what a parameter must be.
type rule struct {
	name  string
	check func(name string, v any) *wrong
}

// check holds what was given against the rules.
func (c *call) check(rules []rule) *failure {
	var names []string
	params, details := object{}, object{}
	for _, r := range rules {
		v, given := c.given[r.name]
		if !given {
			continue
		}
		if w := r.check(r.name, v); w != nil {
			names = append(names, r.name)
			params[r.name], details[r.name] = w.Message, w
		}
	}
	if names == nil {
		return nil
	}
	return &failure{http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): " + strings.Join(names, ", "), object{"params": params, "details": details}}
}

func notType(name, kind string) *wrong {
	return &wrong{"rest_invalid_type", name + " is not of type " + kind + ".", object{"param": name}}
}

// integer takes a number from least to most; -1: whatever.
func integer(least, most int) func(string, any) *wrong {
	return func(name string, v any) *wrong {
		n, ok := whole(v)
		switch {
		case !ok:
			return notType(name, "integer")
		case most >= 0 && (n < least || n > most):
			return &wrong{"rest_out_of_bounds", name + " must be between " + strconv.Itoa(least) + " (inclusive) and " + strconv.Itoa(most) + " (inclusive)", nil}
		case least >= 0 && n < least:
			return &wrong{"rest_out_of_bounds", name + " must be greater than or equal to " + strconv.Itoa(least), nil}
		}
		return nil
	}
}

func integers(name string, v any) *wrong {
	for i, one := range several(v) {
		if _, ok := whole(one); !ok {
			return notType(name+"["+strconv.Itoa(i)+"]", "integer")
		}
	}
	return nil
}

func text(name string, v any) *wrong {
	if _, ok := v.(string); !ok {
		return notType(name, "string")
	}
	return nil
}

func boolean(name string, v any) *wrong {
	if _, ok := truth(v); !ok {
		return notType(name, "boolean")
	}
	return nil
}

func enum(words ...string) func(string, any) *wrong {
	return func(name string, v any) *wrong {
		if s, _ := v.(string); !slices.Contains(words, s) {
			last, comma := len(words)-1, ","
			if last < 2 {
				comma = ""
			}
			return &wrong{"rest_not_in_enum", name + " is not one of " + strings.Join(words[:last], ", ") + comma + " and " + words[last] + ".", nil}
		}
		return nil
	}
}

var isMoment = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}(?::\d{2})?)?$`)

func moment(_ string, v any) *wrong {
	if s, _ := v.(string); !isMoment.MatchString(s) {
		return &wrong{"rest_invalid_date", "Invalid date.", nil}
	}
	return nil
}

func email(_ string, v any) *wrong {
	s, _ := v.(string)
	if _, err := mail.ParseAddress(s); err != nil && s != "" {
		return &wrong{"rest_invalid_email", "Invalid email address.", nil}
	}
	return nil
}

// address does not take an empty one either: what was never known cannot be given
// back.
func address(name string, v any) *wrong {
	s, _ := v.(string)
	if _, err := netip.ParseAddr(s); err != nil {
		return &wrong{"rest_invalid_ip", name + " is not a valid IP address.", nil}
	}
	return nil
}

// whole reads a number, also one in quotes.
func whole(v any) (int, bool) {
	s, ok := v.(string)
	if n, is := v.(json.Number); is {
		s, ok = n.String(), true
	}
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, ok && err == nil
}

func truth(v any) (value, ok bool) {
	switch v {
	case true, "true", "1", "TRUE", json.Number("1"):
		return true, true
	case false, "false", "0", "FALSE", "", json.Number("0"):
		return false, true
	}
	return false, false
}

// several reads a list, also one with commas.
func several(v any) []any {
	var out []any
	switch v := v.(type) {
	case []any:
		return v
	case string:
		for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
			out = append(out, part)
		}
	default:
		out = append(out, v)
	}
	return out
}

// number gives a checked parameter, or else usual.
func (c *call) number(name string, usual int) int {
	if n, ok := whole(c.given[name]); ok {
		return n
	}
	return usual
}

func (c *call) numbers(name string) []int {
	var out []int
	for _, v := range several(c.given[name]) {
		if n, ok := whole(v); ok {
			out = append(out, n)
		}
	}
	return out
}

// text gives a parameter that was given, or else usual.
func (c *call) text(name, usual string) string {
	if s, ok := c.given[name].(string); ok {
		return s
	}
	return usual
}

func (c *call) has(name string) bool { _, ok := c.given[name]; return ok }

// key cleans a word as WordPress does.
func key(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// local gives a checked moment as the site's clock showed it. One without a zone is
// taken for that already.
func (c *call) local(s string) string {
	zone := isMoment.FindStringSubmatch(s)[1]
	bare, _, _ := strings.Cut(strings.TrimSuffix(s, zone), ".")
	bare = bare[:10] + "T" + bare[11:]
	if zone == "" {
		return bare
	}
	if len(zone) == len("+00") {
		zone += ":00"
	}
	t, err := time.Parse(time.RFC3339, bare+zone)
	if err != nil {
		return bare
	}
	return t.In(c.zone()).Format(column)
}
