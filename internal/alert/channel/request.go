package channel

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"triage/internal/alert"
)

// longestAnswer is how much of an answer is read, in bytes.
const longestAnswer = 64 << 10

// Reply is what a provider answered; Status 0: nothing came. The body is cut at 64 KiB.
// It is the provider's: never in an error, a log or a page.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Post sends a body to an address, once, with these headers. An error is an
// *alert.Failure; every answer of 200 to 299 is a success.
func (r *Remote) Post(ctx context.Context, at string, body []byte, header http.Header) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(string(body)))
	if err != nil {
		return Reply{}, &alert.Failure{Why: r.Provider + "'s address cannot be used: check its section in the configuration", Final: true}
	}
	req.Header.Set("User-Agent", "triage")
	for name, values := range header {
		req.Header[name] = values
	}
	return r.exchange(req)
}

// PostJSON posts v as JSON, with these headers beside its type. A web page is no answer;
// see Send.
func (r *Remote) PostJSON(ctx context.Context, at string, v any, header http.Header) error {
	body, err := json.Marshal(v)
	if err != nil {
		return &alert.Failure{Why: "the notice could not be written for " + r.Provider + ": this is a fault of triage, please report it", Final: true, Cause: Redact(err)}
	}
	got, err := r.Post(ctx, at, body, with(header, "application/json"))
	return r.noPage(got, err)
}

// PostForm posts a form, with these headers beside its type. A web page is no answer; see
// Send.
func (r *Remote) PostForm(ctx context.Context, at string, form url.Values, header http.Header) (Reply, error) {
	got, err := r.Post(ctx, at, []byte(form.Encode()), with(header, "application/x-www-form-urlencoded"))
	return got, r.noPage(got, err)
}

// Send sends a request once and judges the answer: an error is an *alert.Failure, and the
// reply is there beside it, for a channel that knows more from its body. A web page is no
// provider's answer, whatever its status: the notice went to a proxy or a sign-in page.
func (r *Remote) Send(req *http.Request) (Reply, error) {
	got, err := r.exchange(req)
	return got, r.noPage(got, err)
}

func (r *Remote) exchange(req *http.Request) (Reply, error) {
	resp, err := r.client.Do(req)
	if err != nil {
		return Reply{}, Unanswered(r.Provider, err)
	}
	defer func() { _ = resp.Body.Close() }()
	got := Reply{Status: resp.StatusCode, Header: resp.Header}
	// The status says whether it was taken: for the rest of an answer that breaks off, a
	// second try would call somebody twice.
	got.Body, _ = io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	return got, r.judge(got)
}

// errPage is the cause where a web page came in a provider's place.
var errPage = errors.New("the answer is a web page")

// noPage is err, or a failure where a web page came as an answer that all is well.
func (r *Remote) noPage(got Reply, err error) error {
	if err == nil && strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
		return &alert.Failure{Why: "something else answered in " + r.Provider + "'s place, with a web page: check the address, and the network for a proxy or a sign-in page", Cause: errPage}
	}
	return err
}

// with is the header of a body of that type.
func with(header http.Header, contentType string) http.Header {
	h := http.Header{"Content-Type": {contentType}}
	for name, values := range header {
		h[name] = values
	}
	return h
}
