package google

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"triage/internal/sandbox/board"
)

// The fields of a location that a mask can name; only some have a value here.
const locationFields = " name languageCode storeCode title phoneNumbers categories storefrontAddress websiteUri regularHours specialHours serviceArea" +
	" labels adWordsLocationExtensions latlng openInfo metadata profile relationshipData moreHours serviceItems "

// somebody is the number of the account of who does not manage the profile.
const somebody = "999"

// management answers the lists of accounts and locations.
func (c *call) management() (any, *failure) {
	own := c.opt.Account
	if c.person {
		own = somebody
	}
	switch {
	case c.r.Method != http.MethodGet:
	case len(c.path) == 1:
		return c.accounts(own)
	case len(c.path) == 3 && c.path[2] == "locations" && c.path[1] != own:
		return nil, denied(noPermission)
	case len(c.path) == 3 && c.path[2] == "locations":
		return c.locations()
	}
	return nil, &failure{Code: http.StatusNotFound, Message: "Method not found.", Status: "NOT_FOUND"}
}

func (c *call) accounts(own string) (any, *failure) {
	if err := c.knows("pageSize pageToken filter parentAccount"); err != nil {
		return nil, err
	}
	return object{"accounts": []object{{"name": "accounts/" + own, "accountName": c.opt.Name, "type": "PERSONAL", "role": "PRIMARY_OWNER",
		"verificationState": "UNVERIFIED", "vettedState": "NOT_VETTED"}}}, nil
}

// locations names a location without its account, unlike the reviews do.
func (c *call) locations() (any, *failure) {
	if err := c.knows("readMask pageSize pageToken filter orderBy"); err != nil {
		return nil, err
	}
	mask := c.query.Get("readMask")
	if mask == "" {
		return nil, invalid("Request contains an invalid argument. read_mask is required.")
	}
	have := object{"name": "locations/" + c.opt.Location, "title": c.opt.Name, "languageCode": "en", "storeCode": "1",
		"metadata": object{"hasVoiceOfMerchant": c.on("location") == "verified", "placeId": "ChIJsandbox"}}
	out := object{}
	for field := range strings.SplitSeq(mask, ",") {
		field, _, _ = strings.Cut(strings.TrimSpace(field), ".")
		if !strings.Contains(locationFields, " "+field+" ") {
			return nil, invalid("Invalid field mask provided: " + field)
		}
		if v, ok := have[field]; ok {
			out[field] = v
		}
	}
	if c.person || c.on("listed") == "no" || c.on("location") == "missing" {
		return object{}, nil
	}
	return object{"locations": []object{out}, "totalSize": 1}, nil
}

// giveToken is POST /token. A refresh token stays the same.
func (g *Google) giveToken(r *http.Request) board.Reply {
	refuse := func(status int, kind, why string) board.Reply {
		return answer(status, object{"error": kind, "error_description": why})
	}
	switch {
	case r.Method != http.MethodPost:
		return refuse(http.StatusNotFound, "invalid_request", "Use POST.")
	case r.PostFormValue("client_id") != g.opt.ClientID:
		return refuse(http.StatusUnauthorized, "invalid_client", "The OAuth client was not found.")
	case r.PostFormValue("client_secret") != g.opt.ClientSecret:
		return refuse(http.StatusUnauthorized, "invalid_client", "Unauthorized")
	case r.PostFormValue("grant_type") != "refresh_token":
		return refuse(http.StatusBadRequest, "unsupported_grant_type", "Invalid grant_type: "+r.PostFormValue("grant_type"))
	case r.PostFormValue("refresh_token") != g.opt.RefreshToken || g.on("token") == "revoked":
		return refuse(http.StatusBadRequest, "invalid_grant", "Token has been expired or revoked.")
	}
	life := g.span("token-life")
	return answer(http.StatusOK, object{"access_token": g.mint(strconv.FormatInt(g.now().Add(life).Unix(), 10)), "expires_in": int(life.Seconds()),
		"scope": "https://www.googleapis.com/auth/business.manage", "token_type": "Bearer"})
}

// A minted token tells by itself when it ends and that it was made here.

func (g *Google) mint(ends string) string {
	var random [6]byte
	_, _ = rand.Read(random[:])
	token := fmt.Sprintf("sandbox-google-access-%s-%x", ends, random)
	return token + "-" + g.seal(token)
}

func (g *Google) seal(token string) string {
	mac := hmac.New(sha256.New, []byte(g.opt.ClientSecret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

// lives reports whether a token was made here and has not ended.
func (g *Google) lives(token string) bool {
	at := strings.LastIndexByte(token, '-')
	if at < 0 || !strings.HasPrefix(token, "sandbox-google-access-") || !hmac.Equal([]byte(token[at+1:]), []byte(g.seal(token[:at]))) {
		return false
	}
	ends, err := strconv.ParseInt(strings.Split(token, "-")[3], 10, 64)
	return err == nil && g.now().Unix() < ends
}
