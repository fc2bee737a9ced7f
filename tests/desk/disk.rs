//! A disk that is full or cannot be written, under the real program: the clerk is told, what was typed stays on the screen, and saving
//! goes on by itself. Wants to mount a small file system, which only the administrator may; elsewhere it says that it is left out.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::Key;
use crate::support::backend::PASSWORD;
use crate::{Desk, leave, says_the_password};

/// A file system of a few megabytes in memory. Gone when dropped.
struct Disk {
    folder: TempDir,
}

impl Disk {
    /// `None` where nobody may mount one.
    fn small() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", "size=8m", "tmpfs"], folder.path());
        if !mounted {
            eprintln!("left out: no file system may be mounted here");
        }
        mounted.then_some(Self { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Until there is room for nothing more.
    fn fill(&self) {
        let mut file = File::create(self.path("filler")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.path("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a program that is being killed may still hold it.
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}

fn mount(arguments: &[&str], at: &Path) -> bool {
    Command::new("mount").args(arguments).arg(at).output().is_ok_and(|output| output.status.success())
}

/// What the desk has so far, on the small disk.
fn moved(desk: &Desk, disk: &Disk) -> PathBuf {
    let data = disk.path("data");
    assert!(
        Command::new("cp").args(["-r".as_ref(), desk.data.as_os_str(), data.as_os_str()]).status().unwrap().success()
    );
    data
}

#[test]
fn a_full_disk_is_said_and_what_was_typed_is_saved_once_there_is_room() {
    let Some(disk) = Disk::small() else { return };
    let (desk, _backend) = Desk::settled();
    let data = moved(&desk, &disk);
    let mut session = desk.open_at(&data);
    says_the_password(&mut session, PASSWORD);
    session.open_allowance();
    session.fill("*姓名", "钱白露");
    session.wait_for("已保存");
    disk.fill();
    session.fill("*通讯地址", "天门市岳口镇健康路9号");
    let said = session.wait_for("磁盘已满");
    assert!(said.contains("天门市岳口镇健康路9号") && said.contains("保存失败"), "{said}");
    // However often it is tried in vain.
    for more in ["二单元", "三楼"] {
        session.type_text(more);
        session.wait_for("磁盘已满");
        session.wait_for("保存失败");
    }
    disk.make_room();
    session.wait_for("已保存");
    session.type_text("302室");
    session.wait_for("未保存");
    session.wait_for("已保存");
    session.kill_9();
    let mut session = desk.open_at(&data);
    says_the_password(&mut session, PASSWORD);
    session.wait_for(">>");
    session.press(&[Key::F(3)]);
    session.wait_for("钱*露");
    session.press(&[Key::Enter]);
    session.wait_for("天门市岳口镇健康路9号二单元三楼302室");
}

#[test]
fn a_vault_that_cannot_be_written_is_said_at_the_door_and_opens_once_it_can() {
    let Some(disk) = Disk::small() else { return };
    let (desk, _backend) = Desk::settled();
    let data = moved(&desk, &disk);
    assert!(mount(&["-o", "remount,ro"], disk.folder.path()));
    let mut session = desk.open_at(&data);
    says_the_password(&mut session, PASSWORD);
    session.wait_for("文件夹写不进去");
    assert!(mount(&["-o", "remount,rw"], disk.folder.path()));
    says_the_password(&mut session, PASSWORD);
    session.open_allowance();
    session.fill("*姓名", "钱白露");
    session.wait_for("已保存");
    leave(session);
}
