// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"io"

	"github.com/mattermost/mattermost/server/public/model"
)

// The server refuses a first part that is shorter, unless it is the whole file.
const minFirstPart = 5 << 20

func (a *api) CreateUploadSession(us *model.UploadSession) (*model.UploadSession, error) {
	a.call("CreateUploadSession", us)
	us.FileOffset, us.CreateAt, us.Path = 0, now(), "uploads/"+us.Id
	if err := us.IsValid(); err != nil {
		return nil, err
	}
	defer a.lock()()
	if a.h.st.channels[us.ChannelId] == nil {
		return nil, badRequest("CreateUploadSession", "app.upload.create.incorrect_channel_id.app_error")
	}
	if us.FileSize > *a.h.st.config.FileSettings.MaxFileSize {
		return nil, badRequest("CreateUploadSession", "app.upload.create.upload_too_large.app_error")
	}
	return us, nil
}

func (a *api) UploadData(us *model.UploadSession, rd io.Reader) (*model.FileInfo, error) {
	a.call("UploadData", us)
	// The last read is the one that finds the end; it is not made when the size is reached.
	data, err := io.ReadAll(&io.LimitedReader{R: rd, N: us.FileSize})
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != us.FileSize {
		if len(data) < minFirstPart {
			return nil, errors.New("the first part is too small")
		}
		return nil, nil
	}
	defer a.lock()()
	return a.h.saveFile(us.UserId, us.ChannelId, us.Filename, data), nil
}
