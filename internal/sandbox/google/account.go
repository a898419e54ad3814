package google

import (
	"net/http"
	"strings"
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
