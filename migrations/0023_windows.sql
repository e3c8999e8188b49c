-- The windows (窗口) of a unit in its hall, as its papers name them: 3、4号.
ALTER TABLE unit ADD COLUMN windows TEXT;
