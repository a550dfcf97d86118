package main

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/gobwas/glob"
)

func init() {
	calls["regex"] = func(args []string) (any, error) {
		text, replacement := string(bytesOf(args[1])), string(bytesOf(args[2]))
		n, err := strconv.Atoi(args[3])
		if err != nil {
			return nil, err
		}
		re, err := regexp.Compile(string(bytesOf(args[0])))
		if err != nil {
			return nil, exactError(err)
		}
		return [][]string{
			exactAll([]string{fmt.Sprint(re.MatchString(text)), re.FindString(text), re.ReplaceAllString(text, replacement),
				re.ReplaceAllLiteralString(text, replacement)}),
			exactAll(re.FindAllString(text, n)), exactAll(re.Split(text, n)),
		}, nil
	}
	calls["glob"] = func(args []string) (any, error) {
		pattern, err := glob.Compile(string(bytesOf(args[0])), '/')
		if err != nil {
			return nil, exactError(err)
		}
		return pattern.Match(string(bytesOf(args[1]))), nil
	}
	calls["time-layout"] = func(args []string) (any, error) {
		layout, text := string(bytesOf(args[0])), string(bytesOf(args[1]))
		moment := time.Date(2024, 2, 29, 13, 4, 5, 67_800_000, time.FixedZone("CEST", 7200))
		out := []string{moment.Format(layout)}
		parsed, err := time.Parse(layout, text)
		if err != nil {
			return exactAll(append(out, "error "+err.Error())), nil
		}
		return exactAll(append(out, parsed.String(), parsed.Format(layout), parsed.Format(time.RFC3339Nano))), nil
	}
	calls["duration"] = func(args []string) (any, error) {
		d, err := time.ParseDuration(string(bytesOf(args[0])))
		if err != nil {
			return nil, exactError(err)
		}
		return []string{d.String(), d.Round(time.Second).String(), d.Truncate(7 * time.Minute).String(), fmt.Sprint(d.Hours()), fmt.Sprint(d.Seconds())}, nil
	}
	calls["semver"] = askSemver
}

func askSemver(args []string) (any, error) {
	constraint, text := string(bytesOf(args[0])), string(bytesOf(args[1]))
	out := []string{}
	version, err := semver.NewVersion(text)
	if err != nil {
		out = append(out, "error "+err.Error())
	} else {
		out = append(out, version.String(), version.Original(), fmt.Sprint(version.Major(), version.Minor(), version.Patch()), version.Prerelease(), version.Metadata())
	}
	if _, err := semver.StrictNewVersion(text); err != nil {
		out = append(out, "error "+err.Error())
	}
	parsed, err := semver.NewConstraint(constraint)
	if err != nil {
		return exactAll(append(out, "error "+err.Error())), nil
	}
	if version != nil {
		ok, reasons := parsed.Validate(version)
		out = append(out, fmt.Sprint(parsed.Check(version), ok))
		for _, reason := range reasons {
			out = append(out, reason.Error())
		}
	}
	return exactAll(out), nil
}
