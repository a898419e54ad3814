package x

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// problem is an answer that something went wrong: an object of problem+json, or,
// with a code, the list of errors that version 1.1 and sometimes 2 gives.
type problem struct {
	status int
	kind   string // last part of its type; empty: about:blank
	title  string
	detail string
	code   int
	more   map[string]any
}

// old is one in the shape of version 1.1.
func old(status, code int, message string) *problem {
	return &problem{status: status, code: code, detail: message}
}

func forbidden(detail string) *problem {
	return &problem{status: http.StatusForbidden, title: "Forbidden", detail: detail}
}

func unauthorized() *problem {
	return &problem{status: http.StatusUnauthorized, title: "Unauthorized", detail: "Unauthorized"}
}

// invalid says which parameter is wrong, or, without a name, what of the body.
func invalid(name, value, format string, args ...any) *problem {
	wrong := map[string]any{"message": fmt.Sprintf(format, args...)}
	if name != "" {
		wrong["parameters"] = map[string][]string{name: {value}}
	}
	return &problem{status: http.StatusBadRequest, kind: "invalid-request", title: "Invalid Request",
		detail: "One or more parameters to your request was invalid.", more: map[string]any{"errors": []any{wrong}}}
}

// missing is a post that a single request was about.
func missing(id string) *problem {
	return &problem{status: http.StatusNotFound, kind: "resource-not-found", title: "Not Found Error",
		detail: fmt.Sprintf("Could not find tweet with id: [%s].", id),
		more:   map[string]any{"resource_type": "tweet", "resource_id": id, "parameter": "id", "value": id}}
}

// partial is why a part of an otherwise good answer is not in it.
type partial struct {
	ResourceType string `json:"resource_type"`
	ResourceID   string `json:"resource_id"`
	Parameter    string `json:"parameter"`
	Value        string `json:"value"`
	Title        string `json:"title"`
	Detail       string `json:"detail"`
	Type         string `json:"type"`
}

func (n names) notFound(resource, parameter, id string) partial {
	return partial{resource, id, parameter, id, "Not Found Error",
		fmt.Sprintf("Could not find %s with %s: [%s].", resource, parameter, id), n.kind("resource-not-found")}
}

func (n names) notAuthorized(parameter, id string) partial {
	return partial{"tweet", id, parameter, id, "Authorization Error",
		fmt.Sprintf("Sorry, you are not authorized to see the Tweet with %s: [%s].", parameter, id), n.kind("not-authorized-for-resource")}
}

func (n names) suspended(parameter, id string) partial {
	return partial{"user", id, parameter, id, "Forbidden",
		fmt.Sprintf("User has been suspended: [%s].", id), n.kind("resource-not-found")}
}

// body gives the JSON and what it is.
func (p *problem) body(n names, contentType string) ([]byte, string) {
	if p.code != 0 {
		return encode(map[string]any{"errors": []any{map[string]any{"message": p.detail, "code": p.code}}}), "application/json; charset=utf-8"
	}
	out := map[string]any{"title": p.title, "detail": p.detail, "type": n.kind(p.kind), "status": p.status}
	for k, v := range p.more {
		out[k] = v
	}
	return encode(out), "application/" + contentType + "; charset=utf-8"
}

// encode does not escape & < > a second time, as X does not.
func encode(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only what this package made is encoded
	}
	return bytes.TrimSpace(out.Bytes())
}
