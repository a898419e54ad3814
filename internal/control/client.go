package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"triage/internal/respond"
)

// Client gives commands.
type Client struct {
	HTTP *http.Client
	// As is the user as whom they are given; empty: the operator.
	As string
}

// Problem is one thing in a text that may not be published, or noted.
type Problem struct {
	// Kind says which text: reply, private or note. Text is that text.
	Kind string `json:"kind"`
	Text string `json:"text"`
	respond.Problem
}

// Refused is the gate's answer to a command.
type Refused struct{ Problems []Problem }

func (r *Refused) Error() string { return "nothing was done: the text may not be used as it is" }

// Call sends in, unless it is nil, and reads the answer into out, unless that is
// nil. A refusal is an error that says why; of a text it is a Refused.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	return c.exchange(ctx, method, path, in, func(r *http.Response) error {
		if out == nil {
			return nil
		}
		return json.NewDecoder(r.Body).Decode(out)
	})
}

// Send is Call with a body that is not JSON.
func (c *Client) Send(ctx context.Context, path string, body io.Reader, out any) error {
	return c.Call(ctx, http.MethodPost, path, body, out)
}

// Lines sends in and hands over each line of the answer.
func (c *Client) Lines(ctx context.Context, path string, in any, each func(line []byte) error) error {
	return c.exchange(ctx, http.MethodPost, path, in, func(r *http.Response) error {
		lines := json.NewDecoder(r.Body)
		for {
			var line json.RawMessage
			err := lines.Decode(&line)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err == nil {
				err = each(line)
			}
			if err != nil {
				return err
			}
		}
	})
}

// Fetch writes the answer to w. One that ends before its end is an error.
func (c *Client) Fetch(ctx context.Context, path string, w io.Writer) error {
	return c.exchange(ctx, http.MethodGet, path, nil, func(r *http.Response) error {
		if _, err := io.Copy(w, r.Body); err != nil {
			return err
		}
		if why := r.Trailer.Get(Failure); why != "" {
			return errors.New(why)
		}
		return nil
	})
}

func (c *Client) exchange(ctx context.Context, method, path string, in any, take func(*http.Response) error) error {
	body, raw := in.(io.Reader)
	if !raw && in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://triage"+path, body)
	if err != nil {
		return err
	}
	if c.As != "" {
		req.Header.Set(As, c.As)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("ask the service: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK {
		return take(resp)
	}
	var said struct {
		Error    string
		Problems []Problem
	}
	if json.NewDecoder(resp.Body).Decode(&said) != nil || said.Error == "" {
		return fmt.Errorf("the service answered HTTP %d: use the same version of triage as the service", resp.StatusCode)
	}
	if len(said.Problems) > 0 {
		return &Refused{said.Problems}
	}
	return errors.New(said.Error)
}
